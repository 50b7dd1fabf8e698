import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { Awaitable } from "../middleware/awaitable.ts";
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
  readonly place: unknown;
  /** Whether it is worth writing as it is: an old key sealed it. */
  readonly isOutdated: boolean;
  /** Whether it has another id by now than the one the request came with, so that the browser may not know it yet. */
  readonly isElsewhere: boolean;
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
  load(context: Context, options?: ReadOptions): Awaitable<LoadedSession | Superseded | undefined>;
  /** Keeps a new session under a new id. */
  create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void>;
  /** Replaces a session if it is still the one that was loaded, under a new id where asked. */
  replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome>;
  /** Tells the browser again which session is its. */
  remind(loaded: LoadedSession, jar: CookieJar, browserClose: boolean): void;
  /** Ends a session. */
  remove(loaded: LoadedSession): Promise<void>;
  /** Ends the session that goes on under a new id, for a request that came with the one before and was told that it is superseded. */
  removeSuccessor(context: Context): Promise<void>;
  /** Makes the browser forget the session. */
  forget(jar: CookieJar): void;
}

/**
 * Which id a session is kept under.
 *
 * - `same`: the one it has.
 * - `cycled`: a new one, and the old one opens nothing from then on.
 * - `rotated`: a new one, which requests with the old one find for a while.
 */
export type Id = "same" | "cycled" | "rotated";

/** How a session is replaced. */
export interface ReplaceOptions {
  /** Which id it is kept under. */
  readonly id: Id;
  /** Whether the browser is told to forget the cookie when it is closed. */
  readonly browserClose: boolean;
}
