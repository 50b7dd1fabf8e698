/** What the views of this site find on their context. */

import type { HasUser, RecommendedContext } from "@nuages/web";
import type { HasBackOffice } from "./back_office.ts";
import type { Cart } from "./cart.ts";

/** What the shop remembers of a visitor. A view that asks for another key does not compile. */
export interface ShopSession {
  cart: Cart;
  /** The books that were looked at, by slug, the latest first. */
  recent: string[];
  /** The books on the wishlist, by slug, in the order they were put there. */
  wishes: string[];
}

/** The context behind all the layers of `app.ts`. */
export type ShopContext = RecommendedContext<ShopSession, "cache" | "locale"> & HasUser & HasBackOffice;
