/** A middleware of the site's own, for what its views find on their context. */

import { extend, type Middleware, type PasswordHasher, type SiteCache } from "@nuages/web";
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
