/** What the views of this side find on their context. */

import type { Context, DjangoUser, HasCsrf, HasMessages, HasSession, HasUser } from "@nuages/web";

/** How many of which instrument, as Django's views keep it in the session. */
export type Cart = Readonly<Record<string, number>>;

/** What both sides remember of a visitor. */
export interface ShopSession {
  cart: Cart;
}

/** The context behind all the layers of `app.ts`. */
export type ShopContext =
  & Context
  & HasSession<ShopSession>
  & HasCsrf
  & HasUser<DjangoUser>
  & HasMessages
  & HasInstruments;

/** What the layer of `instruments.ts` adds. */
export interface HasInstruments {
  /** Instruments, by their slugs; in the order of the shelf. */
  instruments(slugs: readonly string[]): Promise<Instrument[]>;
}

/** Something that looks at the weather. */
export interface Instrument {
  readonly slug: string;
  readonly name: string;
  /** In cents. */
  readonly price: number;
}
