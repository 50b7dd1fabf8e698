/** The Nuages side: the pages that have moved, and those that may, on Django's database, key and cookies. */

import {
  type App,
  authentication,
  type Context,
  contextProcessor,
  csrf,
  DjangoSessionStore,
  djangoUsers,
  type HasSession,
  html,
  messages,
  messagesProcessor,
  pipeline,
  type PipelineOptions,
  routes,
  security,
  sessions,
  type SqlClient,
  userProcessor,
} from "@nuages/web";
import { account, signIn, signInPage, signOut } from "./account.ts";
import { addToCart, cart, emptyCart } from "./cart.ts";
import type { ShopSession } from "./context.ts";
import { instruments } from "./instruments.ts";
import { page, type PageData } from "./page.ts";

/** What this side has to be told. */
export interface SideOptions extends Pick<PipelineOptions, "onEvent"> {
  /** Django's `SECRET_KEY`. */
  readonly key: string;
  /** Django's database. */
  readonly client: SqlClient;
}

/** Builds this side. It listens nowhere: the proxy hands it what is its. */
export function createApp({ key, client, ...options }: SideOptions): App {
  const users = djangoUsers(client);
  return pipeline({ keys: [key], ...options, errors: { 404: notFound } })
    .use(security())
    // Django's cookies, so that there is one of each. Their names are the weaker ones, without `__Host-`, until Django is gone.
    .use(sessions<ShopSession>({ store: new DjangoSessionStore(client) }))
    .use(csrf({ cookie: { name: "csrftoken" }, requireToken: true }))
    .use(authentication({ users }))
    .use(messages({ cookie: { name: "messages" } }))
    .use(instruments(client))
    .use(contextProcessor(userProcessor))
    .use(contextProcessor(cartProcessor))
    .use(contextProcessor(messagesProcessor))
    .handle(routes({
      "GET /cart/": cart,
      "POST /cart/add/": addToCart,
      "POST /cart/empty/": emptyCart,
      "GET /account/": account(users),
      "GET /accounts/login/": signInPage,
      "POST /accounts/login/": signIn,
      "POST /accounts/logout/": signOut,
    }));
}

/** Context processor: how much is in the cart, for the top of every page. */
async function cartProcessor(
  _request: Request,
  context: Context & HasSession<ShopSession>,
): Promise<Pick<PageData, "cartCount">> {
  const copies = Object.values((await context.session()).get("cart", {}));
  return { cartCount: copies.reduce((sum, count) => sum + count, 0) };
}

/** As Django's `404.html`. */
function notFound(): Response {
  const main = html`
    <div class="nothing">
      <h1>Nothing here but sky</h1>
      <p>There is no page at this address.</p>
      <p><a class="loud" href="/">To the shelf</a></p>
    </div>
  `;
  return page(() => ({ title: "Nothing here but sky", main }), { status: 404 });
}
