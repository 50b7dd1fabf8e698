import type { SessionStore } from "../sessions/store.ts";

/** An empty store, made for one check. */
export interface StoreUnderTest {
  /** The store. */
  readonly store: SessionStore;
  /**
   * The same records through another handle: another connection, another instance, another process. What holds for one handle has to
   * hold between two, so that half of each race goes through this one. Left out, the store itself takes its part, as where there can't be another.
   */
  readonly other?: SessionStore;
  /** Puts everything away, after the check. */
  close?(): PromiseLike<void> | void;
}

/** Makes an empty store. It is called for each check, so that no check sees what another one left. */
export type MakeStore = () => StoreUnderTest | Promise<StoreUnderTest>;

/** Where stores differ, and how they are checked. */
export interface StoreTestOptions {
  /**
   * Whether `clearExpired` has something to do. A store whose expired records vanish by themselves answers 0, always.
   *
   * @default {true}
   */
  clears?: boolean;
  /**
   * The largest text that the store takes, in bytes of UTF-8; a whole number from 4096 on. If given, one of that size has to come back, and a larger
   * one has to be refused with an `Error` and leave everything as it was. Without it, texts up to 500 000 bytes have to come back.
   */
  maxBytes?: number;
  /**
   * Whether `read` may answer from copies that are behind, as in a database with eventual consistency or behind a cache. Then only reads that are asked to be
   * `fresh` are held against the last write.
   *
   * @default {false}
   */
  copies?: boolean;
  /**
   * Whose clock says what has expired. With `"moved"` the checks move `Date` in this process, and nothing but it: timers go on. With `"real"`
   * they wait, for a store that goes by the clock of its server, or whose other handle is in another process; that takes most of a minute.
   *
   * @default {"moved"}
   */
  clock?: "moved" | "real";
  /**
   * Makes a store that can't reach what it needs: a closed connection, a server that isn't there. Every method but a `clearExpired` that has nothing
   * to do must throw then. Without it, nothing is checked about failures.
   */
  makeBroken?: MakeStore;
  /**
   * After how many seconds a check is given up: a store that never answers must not hold up the tests. A number above 0.
   *
   * @default {60}
   */
  timeout?: number;
}
