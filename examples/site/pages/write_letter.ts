/** Writing a letter: for those who have an account, and the end of the page that was kept. */

import { type HasSignedInUser, type Html, html, redirect } from "@nuages/web";
import { allBooks, findBook } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import type { Problems } from "../credentials.ts";
import { languageOf } from "../languages.ts";
import { LONGEST_LETTER } from "../letters.ts";
import { attributes, type Field, labelled } from "../templates/fields.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { textsIn } from "../texts/texts.ts";
import { LETTERS_TAG } from "./letters.ts";
import { textOf } from "./sign_in.ts";

/** `GET /letters/write/`. Who is not signed in is sent to do so, and comes back here. */
export function writeLetter(): Response {
  return page(template, { book: "", text: "", problems: {} });
}

/** `POST /letters/write/` */
export async function sendLetter(_request: Request, context: ShopContext & HasSignedInUser): Promise<Response> {
  const form = await context.form();
  const language = languageOf(context);
  const { problems } = textsIn(language).account;
  const book = textOf(form.get("book"));
  const text = textOf(form.get("text")).replaceAll("\r\n", "\n").trim();
  const length = [...text].length;
  const found: Problems<"book" | "text"> = {
    ...findBook(book, language) === undefined && { book: problems.noSuchBook },
    ...(length === 0 || length > LONGEST_LETTER) && { text: problems.letter(LONGEST_LETTER) },
  };
  if (Object.keys(found).length > 0) return page(template, { book, text, problems: found }, { status: 422 });
  const { letters, cache } = context.office;
  await letters.add(context.signedInUser, { book, text, language });
  // Only then: a page that is made in between would be kept without the letter.
  await cache.invalidate(LETTERS_TAG);
  // No message: the page that comes is everybody's, and the letter itself stands there first.
  return redirect("/letters/");
}

interface LetterData {
  readonly book: string;
  readonly text: string;
  readonly problems: Problems<"book" | "text">;
}

function template(data: LetterData & PageData): Html {
  const { book, text, problems, csrfField, language, texts: { account } } = data;
  const texts = account.letters;
  const isRefused = Object.keys(problems).length > 0;
  const bookField: Field = {
    name: "book",
    label: texts.book,
    problem: problems.book,
    focus: problems.book !== undefined || !isRefused,
  };
  const textField: Field = {
    name: "text",
    label: texts.text,
    hint: texts.textHint(LONGEST_LETTER),
    problem: problems.text,
    focus: isRefused && problems.book === undefined,
  };
  // White space counts in a textarea, so its content begins right behind the tag.
  // deno-fmt-ignore
  const area = html`<textarea id="text" name="text" rows="7" required ${attributes(textField)}>
${text}</textarea>`;
  const main = html`
    <div class="desk">
      <h1>${texts.formTitle}</h1>
      <form action="/letters/write/" method="post" novalidate>
        ${csrfField}
        ${labelled(
          bookField,
          html`
            <select id="book" name="book" required ${attributes(bookField)}>
              <option value="">${texts.choose}</option>
              ${allBooks(language).map(({ slug, title }) => {
                return html`<option value="${slug}" ${slug === book && html`selected`}>${title}</option>`;
              })}
            </select>
          `,
        )}
        ${labelled(textField, area)}
        <button class="loud">${texts.send}</button>
      </form>
    </div>
  `;
  const title = isRefused ? `${account.problems.title}: ${texts.formTitle}` : texts.formTitle;
  return layout(data, { title, main });
}
