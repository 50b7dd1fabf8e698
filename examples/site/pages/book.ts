/** A book, and the books that were looked at before it. */

import { type HasParams, type Html, html, redirect } from "@nuages/web";
import { type Book, findBook, findBooks } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { cover } from "../covers/cover.ts";
import { languageOf } from "../languages.ts";
import { Refusal } from "../refusal.ts";
import { addForm, row, wishForm } from "../templates/books.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { price, year } from "../templates/words.ts";
import { textsIn } from "../texts/texts.ts";

/** `GET /books/:slug/` */
export async function book(_request: Request, context: ShopContext & HasParams<{ slug: string }>): Promise<Response> {
  const book = bookNamed(context.params.slug, context);
  const session = await context.session();
  const before = session.get("recent", []).filter((slug) => slug !== book.slug);
  // update(), not set(): two books opened in two tabs at the same moment are both remembered.
  session.update("recent", (slugs = []) => [book.slug, ...slugs.filter((slug) => slug !== book.slug)].slice(0, 6));
  return page(template, { book, before: findBooks(before, book.language) });
}

/** The book that a visitor has named, in their language. */
export function bookNamed(slug: unknown, context: ShopContext): Book {
  const language = languageOf(context);
  const book = findBook(slug, language);
  if (book === undefined) throw new Refusal(404, textsIn(language).shop.books.missing);
  return book;
}

/** `POST /recent/forget/` */
export async function forgetRecent(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  session.delete("recent");
  context.messages.success(textsIn(languageOf(context)).shop.home.forgotten);
  return redirect("/");
}

interface BookData {
  readonly book: Book;
  readonly before: readonly Book[];
}

function template(data: BookData & PageData): Html {
  const { book, before, texts: { shop } } = data;
  const { title, author, blurb, forecast, weather, language } = book;
  const main = html`
    <article class="book">
      <div class="book-cover">${cover(book)}</div>
      <div class="book-text">
        <h1>${title}</h1>
        <p class="by">${author}, ${year(book.year, shop.beforeOurEra)}</p>
        <p class="blurb">${blurb}</p>
        <p class="forecast"><b>${shop.books.forecast}</b> ${forecast}</p>
        <div class="buy">
          <span class="price">${price(book.price, language)}</span>
          ${addForm(book, data, "loud")} ${wishForm(book, data)}
        </div>
        <p class="more">
          <a href="/?weather=${weather}">${shop.books.moreFrom(shop.weathers[weather])}</a>
        </p>
      </div>
    </article>
    ${before.length > 0 && html`<section class="recent"><h2>${shop.home.recent}</h2>${row(before)}</section>`}
  `;
  return layout(data, { title, main });
}
