/** Two middleware of the site's own, for what its views find on their context. */

import {
  type Context,
  extend,
  type HasLanguage,
  type HasSiteCache,
  type Middleware,
  type PasswordHasher,
  type SiteCache,
} from "@nuages/web";
import type { Devices } from "./devices.ts";
import type { Letters } from "./letters.ts";
import type { ShopUsers } from "./users.ts";

/** What the shop works with. */
export interface BackOffice {
  readonly users: ShopUsers;
  readonly passwords: PasswordHasher;
  readonly letters: Letters;
  readonly devices: Devices;
  /** Keeps pages that are the same for everybody. */
  readonly cache: SiteCache;
}

/** What {@linkcode backOffice} adds. */
export interface HasBackOffice {
  readonly office: BackOffice;
}

/** Gives views what the shop works with, so that each test can have a shop of its own. */
export function backOffice(office: BackOffice): Middleware<unknown, HasBackOffice> {
  return (next) =>
    function backOffice(request, context) {
      return next(request, extend(context, { office }));
    };
}

/**
 * Tells the compiler what is on the context already. `recommended()` takes `locale()` into `outside`, and a `cache`, and its type says nothing
 * about either.
 */
export const fromOutside: Middleware<unknown, HasLanguage & HasSiteCache> = (next) =>
  function fromOutside(request, context) {
    if (!hasBoth(context)) {
      throw new TypeError("Cannot go on as locale() or the site cache is missing in recommended()");
    }
    return next(request, context);
  };

function hasBoth(context: Context): context is Context & HasLanguage & HasSiteCache {
  return "language" in context && "cacheTag" in context;
}
