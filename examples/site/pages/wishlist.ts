/** The wishlist: one view for two askers, a form and a script. */

import { type Html, html, localPath, redirect } from "@nuages/web";
import { accepts } from "@std/http/negotiation";
import { type Book, findBooks } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { languageOf } from "../languages.ts";
import { shelf } from "../templates/books.ts";
import { HEART } from "../templates/icons.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { textsIn } from "../texts/texts.ts";
import { bookNamed } from "./book.ts";

/** `GET /wishlist/` */
export async function wishlist(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  return page(template, { books: findBooks(session.get("wishes", []), languageOf(context)) });
}

/** `POST /wishlist/` */
export async function changeWish(request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const book = bookNamed(form.get("book"), context);
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
  const { kept, dropped } = textsIn(book.language).shop.wishlist;
  context.messages.success((keep ? kept : dropped)(book.title));
  return redirect(localPath(form.get("next")) ?? "/wishlist/");
}

function template(data: PageData & { readonly books: readonly Book[] }): Html {
  const { title } = data.texts.shop.wishlist;
  const main = data.books.length === 0 ? nothing(data) : html`<h1>${title}</h1>${shelf(data.books, data)}`;
  return layout(data, { title, main });
}

function nothing({ texts: { shop } }: PageData): Html {
  return html`
    <div class="nothing">
      <div class="large">${HEART}</div>
      <h1>${shop.wishlist.emptyTitle}</h1>
      <p>${shop.wishlist.empty}</p>
      <p><a class="loud" href="/">${shop.toShelves}</a></p>
    </div>
  `;
}
