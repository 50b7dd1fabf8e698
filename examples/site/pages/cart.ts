/** The cart: everything about it is in the session, and every change of it is exact. */

import { type Html, html, redirect } from "@nuages/web";
import {
  addBook,
  type CartLine,
  cartLines,
  changeCopies,
  countCopies,
  EMPTY_CART,
  isRepeated,
  MOST_COPIES,
} from "../cart.ts";
import type { ShopContext } from "../context.ts";
import { cover } from "../covers/cover.ts";
import { languageOf } from "../languages.ts";
import { Refusal } from "../refusal.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { price } from "../templates/words.ts";
import { type Texts, textsIn } from "../texts/texts.ts";
import { bookNamed } from "./book.ts";

/** `GET /cart/` */
export async function cart(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  return page(template, { lines: cartLines(session.get("cart", EMPTY_CART), languageOf(context)) });
}

/** `POST /cart/add/` */
export async function addToCart(_request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const book = bookNamed(form.get("book"), context);
  const sent = { ticket: String(form.get("ticket")), at: Date.now() };
  const session = await context.session();
  const isSecondClick = isRepeated(session.get("cart", EMPTY_CART), sent);
  const cart = session.update("cart", (cart = EMPTY_CART) => addBook(cart, book.slug, sent));
  const copies = countCopies(cart, book.slug);
  // The answer to a first click was never seen if a second one came after it, and neither was its message.
  if (!isSecondClick || (await context.messages.peek()).length === 0) {
    context.messages.success(textsOf(context).added(book.title, copies));
  }
  return redirect("/cart/");
}

/** `POST /cart/change/` */
export async function changeCart(_request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const book = bookNamed(form.get("book"), context);
  const texts = textsOf(context);
  const copies = copiesOf(form, texts);
  const session = await context.session();
  const before = countCopies(session.get("cart", EMPTY_CART), book.slug);
  session.update("cart", (cart = EMPTY_CART) => changeCopies(cart, book.slug, copies));
  if (before === 0) context.messages.warning(texts.wasGone(book.title));
  else if (copies === 0) context.messages.success(texts.isBack(book.title));
  else context.messages.success(texts.saved);
  return redirect("/cart/");
}

/** `POST /cart/empty/` */
export async function emptyCart(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  // Not session.flush(): that would end the whole session, and another tab that is adding a book just now would be refused.
  session.delete("cart");
  context.messages.success(textsOf(context).cleared);
  return redirect("/cart/");
}

function textsOf(context: ShopContext): Texts["shop"]["cart"] {
  return textsIn(languageOf(context)).shop.cart;
}

function copiesOf(form: FormData, texts: Texts["shop"]["cart"]): number {
  const text = String(form.get("copies"));
  // Not Number(text) alone: that of an empty field is 0, and the book would be gone.
  if (/^\d+$/.test(text) && Number(text) <= MOST_COPIES) return Number(text);
  throw new Refusal(400, texts.tooMany(MOST_COPIES));
}

interface CartData {
  readonly lines: readonly CartLine[];
}

function template(data: CartData & PageData): Html {
  const { cart } = data.texts.shop;
  const main = data.lines.length === 0 ? nothing(data) : html`
    <h1>${cart.title}</h1>
    <div class="cart">
      <ul class="lines">${data.lines.map((line) => html`<li>${lineOf(line, data)}</li>`)}</ul>
      ${summary(data)}
    </div>
  `;
  return layout(data, { title: cart.title, main });
}

function nothing({ texts: { shop } }: PageData): Html {
  return html`
    <div class="nothing">
      <svg class="basket" viewBox="0 0 60 120" aria-hidden="true" focusable="false">
        <path class="rope longer" d="M30-76V0" />
        <path class="rope" d="M30 0v78M12 98 30 78 48 98" />
        <path d="M8 97h44l-6 23H14z" />
      </svg>
      <h1>${shop.cart.emptyTitle}</h1>
      <p>${shop.cart.empty}</p>
      <p><a class="loud" href="/">${shop.toShelves}</a></p>
    </div>
  `;
}

function lineOf({ book, copies, price: total }: CartLine, { csrfField, texts: { shop: { cart } } }: PageData): Html {
  return html`
    <article class="line">
      <a class="line-cover" href="/books/${book.slug}/" tabindex="-1" aria-hidden="true">${cover(book)}</a>
      <div class="line-text">
        <h2><a href="/books/${book.slug}/">${book.title}</a></h2>
        <p class="by">${book.author}</p>
      </div>
      <form class="copies" action="/cart/change/" method="post">
        ${csrfField}
        <input type="hidden" name="book" value="${book.slug}">
        <label class="hidden" for="copies-${book.slug}">${cart.copiesOf(book.title)}</label>
        <input id="copies-${book
          .slug}" name="copies" type="number" min="0" max="${MOST_COPIES}" value="${copies}" required>
        <button class="quiet">${cart.update}</button>
      </form>
      <form class="remove" action="/cart/change/" method="post">
        ${csrfField}
        <input type="hidden" name="book" value="${book.slug}">
        <input type="hidden" name="copies" value="0">
        <button class="link" aria-label="${cart.removeTitle(book.title)}">${cart.remove}</button>
      </form>
      <p class="price">${price(total, book.language)}</p>
    </article>
  `;
}

function summary({ lines, cartCount, csrfField, language, texts: { shop } }: CartData & PageData): Html {
  const total = lines.reduce((sum, line) => sum + line.price, 0);
  return html`
    <aside class="summary" aria-label="${shop.cart.total}">
      <p class="total"><span>${shop.count(cartCount)}</span> <b class="price">${price(total, language)}</b></p>
      <p>${shop.cart.tillIsClosed}</p>
      <form action="/cart/empty/" method="post">${csrfField}<button class="quiet">${shop.cart.clear}</button></form>
    </aside>
  `;
}
