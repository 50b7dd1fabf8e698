/** The shop: its layers from the outside in, and its table of views. */

import {
  type App,
  type Context,
  contextProcessor,
  type CookieStore,
  csrf,
  type HasSession,
  messages,
  messagesProcessor,
  pipeline,
  type PipelineOptions,
  requestId,
  routes,
  security,
  sessions,
  type SessionStore,
} from "@nuages/web";
import { countCopies, EMPTY_CART } from "./cart.ts";
import type { ShopSession } from "./context.ts";
import { pageHeaders } from "./page_headers.ts";
import { book, forgetRecent } from "./pages/book.ts";
import { breakage, failHalfway, throwError } from "./pages/breakage.ts";
import { addToCart, cart, changeCart, emptyCart } from "./pages/cart.ts";
import { ERROR_PAGES } from "./pages/errors.ts";
import { home } from "./pages/home.ts";
import { changeWish, wishlist } from "./pages/wishlist.ts";
import { staticFile } from "./static_files.ts";
import { changeTheme, themeProcessor } from "./theme.ts";

/** What the shop has to be told. */
export interface ShopOptions extends Pick<PipelineOptions, "debug" | "onEvent"> {
  /** The secret keys; the first one signs. */
  readonly keys: readonly string[];
  /** Where sessions are kept. */
  readonly store: SessionStore | CookieStore;
}

/** Builds the shop. It listens nowhere yet, so that a test can call it as well as `Deno.serve`. */
export function createApp({ store, ...options }: ShopOptions): App {
  return pipeline({ ...options, errors: ERROR_PAGES })
    .use(requestId())
    .use(security())
    .use(pageHeaders)
    .use(sessions<ShopSession>({ store }))
    .use(csrf())
    .use(messages())
    .use(contextProcessor(themeProcessor))
    .use(contextProcessor(shopProcessor))
    .use(contextProcessor(messagesProcessor))
    .handle(routes({
      "GET /": home,
      "GET /books/:slug/": book,
      "GET /cart/": cart,
      "POST /cart/add/": addToCart,
      "POST /cart/change/": changeCart,
      "POST /cart/empty/": emptyCart,
      "GET /wishlist/": wishlist,
      "POST /wishlist/": changeWish,
      "POST /recent/forget/": forgetRecent,
      "POST /theme/": changeTheme,
      "GET /breakage/": breakage,
      "GET /breakage/exception/": throwError,
      "POST /breakage/halfway/": failHalfway,
      "GET /static/:file": staticFile,
    }));
}

/** Context processor: what the frame of every page shows. It runs only when a page is rendered. */
async function shopProcessor(
  _request: Request,
  context: Context & HasSession<ShopSession>,
): Promise<{ here: string; cartCount: number; wishes: string[] }> {
  const session = await context.session();
  return {
    here: context.url.pathname + context.url.search,
    cartCount: countCopies(session.get("cart", EMPTY_CART)),
    wishes: session.get("wishes", []),
  };
}
