/** The cart: everything about it is in the session, and every change of it is exact. */

import { BadRequest, type Html, html, NotFound, redirect } from "@nuages/web";
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
import { type Book, findBook } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { cover } from "../covers/cover.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { count, price } from "../templates/words.ts";

/** `GET /cart/` */
export async function cart(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  return page(template, { lines: cartLines(session.get("cart", EMPTY_CART)) });
}

/** `POST /cart/add/` */
export async function addToCart(_request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const book = bookOf(form);
  const sent = { ticket: String(form.get("ticket")), at: Date.now() };
  const session = await context.session();
  const isSecondClick = isRepeated(session.get("cart", EMPTY_CART), sent);
  const cart = session.update("cart", (cart = EMPTY_CART) => addBook(cart, book.slug, sent));
  const copies = countCopies(cart, book.slug);
  // The answer to a first click was never seen if a second one came after it, and neither was its message.
  if (!isSecondClick || (await context.messages.peek()).length === 0) {
    const number = copies === 1 ? "" : ` ${copies} copies now.`;
    context.messages.success(`“${book.title}” is in your cart.${number}`);
  }
  return redirect("/cart/");
}

/** `POST /cart/change/` */
export async function changeCart(_request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const book = bookOf(form);
  const copies = copiesOf(form);
  const session = await context.session();
  const before = countCopies(session.get("cart", EMPTY_CART), book.slug);
  session.update("cart", (cart = EMPTY_CART) => changeCopies(cart, book.slug, copies));
  if (before === 0) context.messages.warning(`“${book.title}” was not in your cart any more.`);
  else if (copies === 0) context.messages.success(`“${book.title}” is back on the shelf.`);
  else context.messages.success("Saved.");
  return redirect("/cart/");
}

/** `POST /cart/empty/` */
export async function emptyCart(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  // Not session.flush(): that would end the whole session, and another tab that is adding a book just now would be refused.
  session.delete("cart");
  context.messages.success("Your cart is empty again.");
  return redirect("/cart/");
}

function bookOf(form: FormData): Book {
  const book = findBook(form.get("book"));
  if (book === undefined) throw new NotFound("This book is not on our shelves.");
  return book;
}

function copiesOf(form: FormData): number {
  const text = String(form.get("copies"));
  // Not Number(text) alone: that of an empty field is 0, and the book would be gone.
  if (/^\d+$/.test(text) && Number(text) <= MOST_COPIES) return Number(text);
  throw new BadRequest(`We have between none and ${MOST_COPIES} copies of each book.`);
}

interface CartData {
  readonly lines: readonly CartLine[];
}

function template(data: CartData & PageData): Html {
  const main = data.lines.length === 0 ? NOTHING : html`
    <h1>Your cart</h1>
    <div class="cart">
      <ul class="lines">${data.lines.map((line) => html`<li>${lineOf(line, data)}</li>`)}</ul>
      ${summary(data)}
    </div>
  `;
  return layout(data, { title: "Your cart", main });
}

const NOTHING: Html = html`
  <div class="nothing">
    <svg class="basket" viewBox="0 0 60 120" aria-hidden="true" focusable="false">
      <path class="rope longer" d="M30-76V0" />
      <path class="rope" d="M30 0v78M12 98 30 78 48 98" />
      <path d="M8 97h44l-6 23H14z" />
    </svg>
    <h1>Nothing but air in your cart</h1>
    <p>Twelve books are waiting on the shelves.</p>
    <p><a class="loud" href="/">To the shelves</a></p>
  </div>
`;

function lineOf({ book, copies, price: total }: CartLine, { csrfField }: PageData): Html {
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
        <label class="hidden" for="copies-${book.slug}">Copies of ${book.title}</label>
        <input id="copies-${book
          .slug}" name="copies" type="number" min="0" max="${MOST_COPIES}" value="${copies}" required>
        <button class="quiet">Update</button>
      </form>
      <form class="remove" action="/cart/change/" method="post">
        ${csrfField}
        <input type="hidden" name="book" value="${book.slug}">
        <input type="hidden" name="copies" value="0">
        <button class="link" aria-label="Remove: ${book.title}">Remove</button>
      </form>
      <p class="price">${price(total)}</p>
    </article>
  `;
}

function summary({ lines, cartCount, csrfField }: CartData & PageData): Html {
  const total = lines.reduce((sum, line) => sum + line.price, 0);
  return html`
    <aside class="summary" aria-label="Total">
      <p class="total"><span>${count(cartCount, "book", "books")}</span> <b class="price">${price(total)}</b></p>
      <p>The till stays closed, since this shop is an example. The cart is yours all the same.</p>
      <form action="/cart/empty/" method="post">${csrfField}<button class="quiet">Empty the cart</button></form>
    </aside>
  `;
}
