/** A context processor: what the frame of every page shows. It runs only when a page is rendered. */

import { countCopies, EMPTY_CART } from "./cart.ts";
import type { ShopContext } from "./context.ts";
import { languageOf } from "./languages.ts";
import type { PageData } from "./templates/page.ts";
import { textsIn } from "./texts/texts.ts";

/** The visitor's language, cart, wishes and name, and where they are. */
export async function shopProcessor(
  _request: Request,
  context: ShopContext,
): Promise<Pick<PageData, "here" | "cartCount" | "wishes" | "user" | "texts" | "language">> {
  const session = await context.session();
  const language = languageOf(context);
  return {
    here: context.url.pathname + context.url.search,
    cartCount: countCopies(session.get("cart", EMPTY_CART)),
    wishes: session.get("wishes", []),
    user: await context.user(),
    language,
    texts: textsIn(language),
  };
}
