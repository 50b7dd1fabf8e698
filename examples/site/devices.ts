/** Where an account is signed in. What can be known and done about it depends on where sessions are kept. */

import { CookieStore, type Session, SessionDirectory, type SessionInfo, type SessionStore } from "@nuages/web";
import type { ShopSession } from "./context.ts";

/** The places where accounts are signed in. */
export interface Devices {
  /** Those of a user, the one that was seen last first; `undefined` if nobody can list them. */
  list(user: string, current: Session<ShopSession>): Promise<SessionInfo[] | undefined>;
  /** Signs a user out in one of these places; says whether they were signed in there. */
  end(user: string, handle: string): Promise<boolean>;
  /** Signs a user out everywhere but here; says in how many places, if that can be known. */
  endOthers(user: string, current: Session<ShopSession>): Promise<number | undefined>;
}

/** The devices of those whose sessions are in this store. */
export function devicesIn(store: SessionStore | CookieStore): Devices {
  return store instanceof CookieStore ? inCookies(store) : inDirectory(new SessionDirectory(store));
}

function inDirectory(directory: SessionDirectory): Devices {
  return {
    list: (user, current) => directory.listSessions(user, { current }),
    end: (user, handle) => directory.revokeSession(user, handle),
    endOthers: (user, current) => directory.revokeOthers(user, current),
  };
}

/** Each browser has the only copy of its session. What can be remembered is that others are over. */
function inCookies(store: CookieStore): Devices {
  return {
    list: () => Promise.resolve(undefined),
    end: () => Promise.resolve(false),
    async endOthers(user, current) {
      await store.revokeOthers(user, current);
      return undefined;
    },
  };
}
