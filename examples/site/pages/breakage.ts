/** Things to break, and what to look at when they do. */

import { type Html, html } from "@nuages/web";
import { addBook, EMPTY_CART } from "../cart.ts";
import { allBooks } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";

/** `GET /breakage/` */
export function breakage(_request: Request, context: ShopContext): Response {
  return page(template, { origin: context.client.origin });
}

/** `GET /breakage/exception/` */
export function throwError(): never {
  throw new Error("The roof of the shop blew away");
}

/** `POST /breakage/halfway/`: the cart is filled, and then it goes wrong. */
export async function failHalfway(_request: Request, context: ShopContext): Promise<Response> {
  const session = await context.session();
  for (const { slug } of allBooks()) {
    session.update("cart", (cart = EMPTY_CART) => addBook(cart, slug, { ticket: crypto.randomUUID(), at: Date.now() }));
  }
  context.messages.success("All our books are in your cart.");
  throw new Error("The lights went out while we were packing");
}

function template(data: PageData & { readonly origin: string }): Html {
  const main = html`
    <div class="prose">
      <h1>What happens when it breaks</h1>
      <p>Every layer of this site turns what goes wrong inside it into an answer, and the layers around it still add their headers.</p>

      <h2>A view throws</h2>
      <p><a href="/breakage/exception/">Open a page that throws</a>. You get a page with a number; the terminal shows the error under the same number.</p>

      <h2>A view throws halfway</h2>
      <p>This one puts all twelve books into your cart, and then fails. Look at your cart afterwards: nothing of a failed request is stored, and neither is its message.</p>
      <form action="/breakage/halfway/" method="post">${data
        .csrfField}<button class="quiet">Fail halfway</button></form>

      <h2>Nobody is there</h2>
      <p><a href="/attic/">The attic</a> is not a page of this site. <a href="/books/the-collected-silences/">Neither is this book</a>, but the view says so itself.</p>

      <h2>The wrong way in</h2>
      <p><a href="/cart/add/">Opening the address of a form</a> is refused, and the answer says which methods there are.</p>

      <h2>Somebody else’s form</h2>
      <p>A page elsewhere that sends a form here, or a program that has no token, is refused before the view runs:</p>
      <pre><code>curl --data book=typhoon ${data.origin}/cart/add/</code></pre>

      <p>Started with <code>--debug</code>, the site shows the error itself, the layers and the request instead of its own error pages.</p>
    </div>
  `;
  return layout(data, { title: "What happens when it breaks", main });
}
