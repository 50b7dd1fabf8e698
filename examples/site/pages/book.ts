/** A book, and the books that were looked at before it. */

import { type HasParams, type Html, html, NotFound, redirect } from "@nuages/web";
import { type Book, findBook, findBooks } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { cover } from "../covers/cover.ts";
import { addForm, row, wishForm } from "../templates/books.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { capital, price, year } from "../templates/words.ts";

/** `GET /books/:slug/` */
export async function book(_request: Request, context: ShopContext & HasParams<{ slug: string }>): Promise<Response> {
  const book = findBook(context.params.slug);
  if (book === undefined) throw new NotFound("This book is not on our shelves.");
  const session = await context.session();
  const before = session.get("recent", []).filter((slug) => slug !== book.slug);
  // update(), not set(): two books opened in two tabs at the same moment are both remembered.
  session.update("recent", (slugs = []) => [book.slug, ...slugs.filter((slug) => slug !== book.slug)].slice(0, 6));
  return page(template, { book, before: findBooks(before) });
}

/** `POST /recent/forget/` */
export async function forgetRecent(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  session.delete("recent");
  context.messages.success("Forgotten.");
  return redirect("/");
}

interface BookData {
  readonly book: Book;
  readonly before: readonly Book[];
}

function template(data: BookData & PageData): Html {
  const { book, before } = data;
  const main = html`
    <article class="book">
      <div class="book-cover">${cover(book)}</div>
      <div class="book-text">
        <h1>${book.title}</h1>
        <p class="by">${book.author}, ${year(book.year)}</p>
        <p class="blurb">${book.blurb}</p>
        <p class="forecast"><b>Forecast</b> ${book.forecast}</p>
        <div class="buy">
          <span class="price">${price(book.price)}</span>
          ${addForm(book, data, "loud")} ${wishForm(book, data)}
        </div>
        <p class="more"><a href="/?weather=${book.weather}">More from the shelf “${capital(book.weather)}”</a></p>
      </div>
    </article>
    ${before.length > 0 && html`<section class="recent"><h2>You have looked at</h2>${row(before)}</section>`}
  `;
  return layout(data, { title: book.title, main });
}
