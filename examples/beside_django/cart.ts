/** The cart: in the session that both sides share. */

import { html, NotFound, redirect } from "@nuages/web";
import type { Cart, Instrument, ShopContext } from "./context.ts";
import { type Content, euros, page, type PageData } from "./page.ts";

/** `GET /cart/` */
export async function cart(_request: Request, context: ShopContext): Promise<Response> {
  const copies = (await context.session()).get("cart", {});
  const lines = (await context.instruments(Object.keys(copies)))
    .map((instrument) => ({ instrument, copies: copies[instrument.slug]! }));
  return page((data) => content(data, lines));
}

/** `POST /cart/add/` */
export async function addToCart(_request: Request, context: ShopContext): Promise<Response> {
  const slug = String((await context.form()).get("instrument") ?? "");
  const [instrument] = await context.instruments([slug]);
  if (instrument === undefined) throw new NotFound();
  const session = await context.session();
  // It runs again on what another request has stored meanwhile, where Django's view would lose that.
  session.update("cart", (cart: Cart = {}) => ({ ...cart, [slug]: (cart[slug] ?? 0) + 1 }));
  context.messages.success(`The ${instrument.name.toLowerCase()} is in your cart.`);
  return redirect("/cart/", FOUND);
}

/** `POST /cart/empty/` */
export async function emptyCart(_request: Request, context: ShopContext): Promise<Response> {
  (await context.session()).delete("cart");
  context.messages.info("Your cart is empty again.");
  return redirect("/", FOUND);
}

/** What Django's `redirect()` answers. 303, which would be the default here, says the same to browsers since there are any. */
export const FOUND = { status: 302 } as const;

interface Line {
  readonly instrument: Instrument;
  readonly copies: number;
}

function content(data: PageData, lines: readonly Line[]): Content {
  const title = "Your cart";
  if (lines.length === 0) return { title, main: NOTHING };
  const { csrfField } = data;
  const total = lines.reduce((sum, { instrument, copies }) => sum + copies * instrument.price, 0);
  const main = html`
    <h1>Your cart</h1>
    <ul class="lines">
      ${lines.map(({ instrument: { slug, name, price }, copies }) =>
        html`
          <li>
            <div class="plate small"><img src="/static/${slug}.svg" alt="" width="72" height="72"></div>
            <div>
              <h2><a href="/instruments/${slug}/">${name}</a></h2>
              <p class="soft">${copies} × ${euros(price)}</p>
            </div>
            <form action="/cart/add/" method="post">
              ${csrfField}
              <input type="hidden" name="instrument" value="${slug}">
              <button class="quiet" aria-label="One more: ${name}">One more</button>
            </form>
          </li>
        `
      )}
    </ul>
    <div class="sum">
      <form action="/cart/empty/" method="post">${csrfField}<button class="link">Empty the cart</button></form>
      <p>Together <span class="price">${euros(total)}</span></p>
    </div>
  `;
  return { title, main };
}

const NOTHING = html`
  <div class="nothing">
    <h1>Nothing but air in your cart</h1>
    <p>Six instruments are waiting on the shelf.</p>
    <p><a class="loud" href="/">To the shelf</a></p>
  </div>
`;
