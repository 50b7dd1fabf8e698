/** The wishlist: one view for two askers, a form and a script. */

import { type Html, html, localPath, NotFound, redirect } from "@nuages/web";
import { accepts } from "@std/http/negotiation";
import { type Book, findBook, findBooks } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { shelf } from "../templates/books.ts";
import { HEART } from "../templates/icons.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";

/** `GET /wishlist/` */
export async function wishlist(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  return page(template, { books: findBooks(session.get("wishes", [])) });
}

/** `POST /wishlist/` */
export async function changeWish(request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const book = findBook(form.get("book"));
  if (book === undefined) throw new NotFound("This book is not on our shelves.");
  // The form says which way it should be. One that said "the other way round" would be undone by a double click.
  const keep = form.get("keep") === "yes";
  const session = await context.session();
  const wishes = session.update("wishes", (slugs = []) => {
    const others = slugs.filter((slug) => slug !== book.slug);
    return keep ? [...others, book.slug] : others;
  });
  // static/shop.js asks for JSON and changes the page by itself; the bare form is sent back to the page it was on.
  if (accepts(request, "text/html", "application/json") === "application/json") {
    return Response.json({ keep, count: wishes.length });
  }
  context.messages.success(`“${book.title}” is ${keep ? "on your wishlist" : "off your wishlist"}.`);
  return redirect(localPath(form.get("next")) ?? "/wishlist/");
}

function template(data: PageData & { readonly books: readonly Book[] }): Html {
  const main = data.books.length === 0 ? NOTHING : html`<h1>Your wishlist</h1>${shelf(data.books, data)}`;
  return layout(data, { title: "Your wishlist", main });
}

const NOTHING: Html = html`
  <div class="nothing">
    <div class="large">${HEART}</div>
    <h1>No wishes yet</h1>
    <p>Every book has a heart. Press one, and you will find the book here.</p>
    <p><a class="loud" href="/">To the shelves</a></p>
  </div>
`;
