/**
 * The letters from readers: a page that is the same for everybody, and is made once for each language, until somebody writes again.
 *
 * It asks for no cookie, and so neither for the session, the visitor's theme nor a token: one of these, and it would be one visitor's page, and
 * the cache would leave it alone.
 */

import { type Html, html, htmlResponse } from "@nuages/web";
import { findBook } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { languageOf } from "../languages.ts";
import type { Letter } from "../letters.ts";
import { publicLayout } from "../templates/layout.ts";
import { day, moment } from "../templates/words.ts";
import { type Language, textsIn } from "../texts/texts.ts";

/** What the page is void by when somebody has written. */
export const LETTERS_TAG = "letters";

/** `GET /letters/` */
export async function letters(_request: Request, context: ShopContext): Promise<Response> {
  const language = languageOf(context);
  const list = await context.office.letters.latest();
  context.cacheTag(LETTERS_TAG);
  const { title } = textsIn(language).account.letters;
  const content = publicLayout(language, context.url.pathname, { title, main: main(list, language, new Date()) });
  return htmlResponse(content, { headers: { "Cache-Control": "public" } });
}

function main(list: readonly Letter[], language: Language, now: Date): Html {
  const texts = textsIn(language).account.letters;
  return html`
    <h1>${texts.title}</h1>
    <p class="soft">${texts.intro}</p>
    <p class="write"><a class="loud" href="/letters/write/">${texts.write}</a></p>
    ${list.length === 0 ? html`<p>${texts.none}</p>` : html`
      <ul class="letters">${list.map((letter) => html`<li>${letterText(letter, language)}</li>`)}</ul>
    `}
    <p class="printed">
      ${texts.printed} <time datetime="${now.toISOString()}">${moment(now, language)}</time>. ${texts.printedFor}
    </p>
  `;
}

function letterText({ name, book: slug, text, at, language: written }: Letter, language: Language): Html {
  const texts = textsIn(language).account.letters;
  const book = findBook(slug, language);
  const date = new Date(at);
  return html`
    <article class="letter">
      <blockquote lang="${written}">
        ${text.split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}
      </blockquote>
      <p class="by">
        <b>${name}</b>
        ${book && html`<a href="/books/${book.slug}/">${texts.about(book.title)}</a>`}
        <time datetime="${date.toISOString()}">${day(date, language)}</time>
      </p>
    </article>
  `;
}
