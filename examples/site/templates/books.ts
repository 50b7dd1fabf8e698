/** Books on a page, and the two forms that go with one. */

import { type Html, html } from "@nuages/web";
import type { Book } from "../catalogue.ts";
import { cover } from "../covers/cover.ts";
import { HEART } from "./icons.ts";
import type { PageData } from "./page.ts";
import { price } from "./words.ts";

/** A shelf of books, each with its forms. */
export function shelf(books: readonly Book[], data: PageData): Html {
  return html`<ul class="shelf">${books.map((book) => html`<li>${card(book, data)}</li>`)}</ul>`;
}

/** A row of small covers. */
export function row(books: readonly Book[]): Html {
  return html`
    <ul class="row">
      ${books.map((book) => {
        return html`<li><a href="/books/${book.slug}/">${
          cover(book)
        }<span class="hidden">${book.title}</span></a></li>`;
      })}
    </ul>
  `;
}

function card(book: Book, data: PageData): Html {
  return html`
    <article class="card">
      <div class="card-art">
        <a class="card-cover" href="/books/${book.slug}/" tabindex="-1" aria-hidden="true">${cover(book)}</a>
        ${wishForm(book, data)}
      </div>
      <h2><a href="/books/${book.slug}/">${book.title}</a></h2>
      <p class="by">${book.author}</p>
      <div class="card-foot">
        <span class="price">${price(book.price, book.language)}</span>
        ${addForm(book, data, "quiet")}
      </div>
    </article>
  `;
}

/** The form that puts a book into the cart. Its ticket tells a double click from a second copy. */
export function addForm(book: Book, { csrfField, texts: { shop } }: PageData, look: "loud" | "quiet"): Html {
  return html`
    <form action="/cart/add/" method="post">
      ${csrfField}
      <input type="hidden" name="book" value="${book.slug}">
      <input type="hidden" name="ticket" value="${crypto.randomUUID()}">
      <button class="${look}" aria-label="${shop.books.addTitle(book.title)}">${shop.books.addToCart}</button>
    </form>
  `;
}

/** The heart. A form like any other; where there is script, `static/shop.js` sends it without leaving the page. */
export function wishForm(book: Book, { csrfField, here, wishes, texts: { shop } }: PageData): Html {
  const isWished = wishes.includes(book.slug);
  return html`
    <form class="wish" action="/wishlist/" method="post" data-wish="${book.slug}">
      ${csrfField}
      <input type="hidden" name="book" value="${book.slug}">
      <input type="hidden" name="keep" value="${isWished ? "no" : "yes"}">
      <input type="hidden" name="next" value="${here}">
      <button aria-pressed="${String(isWished)}" aria-label="${shop.books.wishTitle(book.title)}">${HEART}</button>
    </form>
  `;
}
