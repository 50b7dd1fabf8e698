/** Things to break, and what to look at when they do. */

import { type Html, html } from "@nuages/web";
import { addBook, EMPTY_CART } from "../cart.ts";
import { allBooks } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { languageOf } from "../languages.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { textsIn } from "../texts/texts.ts";

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
  const language = languageOf(context);
  for (const { slug } of allBooks(language)) {
    session.update("cart", (cart = EMPTY_CART) => addBook(cart, slug, { ticket: crypto.randomUUID(), at: Date.now() }));
  }
  context.messages.success(textsIn(language).shop.breakage.allInCart);
  throw new Error("The lights went out while we were packing");
}

function template(data: PageData & { readonly origin: string }): Html {
  const { shop } = data.texts;
  const texts = shop.breakage;
  const main = html`
    <div class="prose">
      <h1>${shop.frame.breakage}</h1>
      <p>${texts.intro}</p>

      <h2>${texts.throwsTitle}</h2>
      <p>${texts.throws()}</p>

      <h2>${texts.halfwayTitle}</h2>
      <p>${texts.halfway}</p>
      <form action="/breakage/halfway/" method="post">
        ${data.csrfField}<button class="quiet">${texts.failHalfway}</button>
      </form>

      <h2>${texts.nobodyTitle}</h2>
      <p>${texts.nobody()}</p>

      <h2>${texts.wrongWayTitle}</h2>
      <p>${texts.wrongWay()}</p>

      <h2>${texts.foreignTitle}</h2>
      <p>${texts.foreign}</p>
      <pre><code>curl --data book=typhoon ${data.origin}/cart/add/</code></pre>

      <p>${texts.debug()}</p>
    </div>
  `;
  return layout(data, { title: shop.frame.breakage, main });
}
