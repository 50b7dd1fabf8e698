/** The shop: its layers from the outside in, and its table of views. */

import {
  type App,
  contextProcessor,
  type CookieStore,
  loginRequired,
  MemoryCache,
  messagesProcessor,
  type PasswordHasher,
  Passwords,
  perView,
  type PipelineOptions,
  rateLimit,
  recommended,
  routes,
  type SessionStore,
  setLanguage,
  SiteCache,
  type User,
} from "@nuages/web";
import { backOffice } from "./back_office.ts";
import type { ShopSession } from "./context.ts";
import { devicesIn } from "./devices.ts";
import { Letters } from "./letters.ts";
import { pageHeaders } from "./page_headers.ts";
import { account, endDevice, endOtherDevices } from "./pages/account.ts";
import { book, forgetRecent } from "./pages/book.ts";
import { breakage, failHalfway, throwError } from "./pages/breakage.ts";
import { addToCart, cart, changeCart, emptyCart } from "./pages/cart.ts";
import { ERROR_PAGES } from "./pages/errors.ts";
import { home } from "./pages/home.ts";
import { letters } from "./pages/letters.ts";
import { preferences } from "./pages/preferences.ts";
import { signIn, signInForm, signOut } from "./pages/sign_in.ts";
import { signUp, signUpForm } from "./pages/sign_up.ts";
import { changeWish, wishlist } from "./pages/wishlist.ts";
import { sendLetter, writeLetter } from "./pages/write_letter.ts";
import { MemoryRecords, type Records } from "./records.ts";
import { shopProcessor } from "./shop_processor.ts";
import { staticFiles } from "./static_files.ts";
import { LANGUAGES } from "./texts/texts.ts";
import { changeTheme, themeProcessor, themeSheet } from "./theme.ts";
import { ShopUsers } from "./users.ts";

/** What the shop has to be told. */
export interface ShopOptions extends Pick<PipelineOptions, "debug" | "onEvent"> {
  /** The secret keys; the first one signs. */
  readonly keys: readonly string[];
  /** Where sessions are kept. */
  readonly store: SessionStore | CookieStore;
  /** Where accounts and letters are kept: in memory unless said otherwise. */
  readonly records?: Records;
  /** How passwords are made. */
  readonly passwords?: PasswordHasher;
  /** Which names the shop answers to: those of this machine unless said otherwise. */
  readonly hosts?: readonly string[];
}

/** Builds the shop. It listens nowhere yet, so that a test can call it as well as `Deno.serve`. */
export function createApp(
  { store, records = new MemoryRecords(), passwords = new Passwords(), ...options }: ShopOptions,
): App {
  const users = new ShopUsers(records);
  // Browsers ask each time, since nobody can take back what they keep; the shop itself keeps a page for an hour.
  const cache = new SiteCache({ store: new MemoryCache(), seconds: 3600, browserSeconds: 0 });
  const office = { users, passwords, letters: new Letters(records), devices: devicesIn(store), cache };
  return recommended<ShopSession, User, "cache" | "locale">({
    ...options,
    errors: ERROR_PAGES,
    store,
    // Reading prolongs a session about once in an hour, so that "last seen" is no older.
    sessions: { renewAfter: 1 / 336 },
    users,
    authentication: { passwords, loginUrl: "/sign-in/" },
    cache,
    locale: { languages: LANGUAGES },
    outside: [pageHeaders, staticFiles],
  })
    .use(backOffice(office))
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
      "GET /sign-up/": signUpForm,
      "POST /sign-up/": seldom("sign-up")(signUp),
      "GET /sign-in/": signInForm,
      "POST /sign-in/": signIn,
      "POST /sign-out/": signOut,
      "GET /account/": loginRequired(account),
      "POST /account/devices/end/": loginRequired(endDevice),
      "POST /account/devices/end-others/": loginRequired(endOtherDevices),
      "GET /letters/": letters,
      "GET /letters/write/": loginRequired(writeLetter),
      "POST /letters/write/": seldom("letters")(loginRequired(sendLetter)),
      "GET /preferences/": preferences,
      "POST /language/": setLanguage,
      "POST /theme/": changeTheme,
      "GET /theme.css": themeSheet,
      "GET /breakage/": breakage,
      "GET /breakage/exception/": throwError,
      "POST /breakage/halfway/": failHalfway,
    }));
}

/** For what a visitor does now and then, and a program would do all day. How often passwords are tried is limited by `authentication()` itself. */
function seldom(name: string): ReturnType<typeof perView> {
  return perView(rateLimit({ name, limit: 20, seconds: 600 }));
}
