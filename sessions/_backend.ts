import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { Context } from "../middleware/context.ts";
import type { SessionDocument } from "./_session_document.ts";
import type { ReadOptions } from "./store.ts";

/** A session that was found. */
export interface LoadedSession {
  /** What it holds. */
  readonly document: SessionDocument;
  /** Its deadline, in milliseconds since the epoch. */
  readonly expires: number;
  /** Whatever its backend needs to find it again. */
  readonly handle: unknown;
  /** Whether it is worth writing as it is: an old key sealed it. */
  readonly isOutdated?: boolean;
}

/**
 * What is found instead of a session that has got a new id a moment ago: no session, and no reason to touch the cookie, since the browser has
 * the new id in it by now or will have it at once.
 */
export type Superseded = "superseded";

/** What is to be kept. */
export interface Draft {
  /** What the session holds. */
  readonly document: SessionDocument;
  /** Its deadline, in milliseconds since the epoch. */
  readonly expires: number;
}

/** How a write ended; see the contract of a store. */
export type Outcome = "written" | "conflict" | "gone";

/**
 * Where sessions live, as the middleware sees it: in a store, with only an id in the cookie, or in the cookie itself. It owns the part of
 * the cookie jar that is about sessions.
 */
export interface SessionBackend {
  /** Whether the request brought a session's cookie, good or bad. */
  present(jar: CookieJar): boolean;
  /** Finds the request's session; where a write was refused, as it is and not as a copy may show it. */
  load(context: Context, options?: ReadOptions): Promise<LoadedSession | Superseded | undefined>;
  /** Keeps a new session under a new id. */
  create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void>;
  /** Replaces a session if it is still the one that was loaded, under a new id where asked. */
  replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome>;
  /** Ends a session. */
  remove(loaded: LoadedSession): Promise<void>;
  /** Makes the browser forget the session. */
  forget(jar: CookieJar): void;
}

/** How a session is replaced. */
export interface ReplaceOptions {
  /** Whether it gets a new id. */
  readonly cycle: boolean;
  /** Whether the browser is told to forget the cookie when it is closed. */
  readonly browserClose: boolean;
}
