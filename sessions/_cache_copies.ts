import { lazyNode } from "../cookies/lazy_node.ts";
import { attempt, type Awaitable, chain } from "../middleware/awaitable.ts";
import { isAlive, now, ownerPart } from "./_record.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import type { SessionStore, StoredSession } from "./store.ts";

/** Node's own timers, which no test puts a clock of its own in the place of: a store that hangs does so in real time. */
const nodeTimers = lazyNode("node:timers");

/**
 * Copies of records in a fast store. A copy dies when its record does, and some seconds after it was known to be true, whichever is earlier: that is the only thing
 * which bounds how old it may be, and it holds whoever made it and whoever dies.
 *
 * Nothing here throws. A fast store that fails or takes too long has no copies, and is left in peace for a second.
 */
export class CacheCopies {
  readonly #fast: SessionStore;
  readonly #stale: number;
  readonly #patience: number;
  #restsUntil = -Infinity;

  /**
   * Makes the view on a fast store.
   *
   * @param fast The store.
   * @param stale For how long a copy may be used, in milliseconds.
   * @param patience How long the store may take, in milliseconds.
   */
  constructor(fast: SessionStore, stale: number, patience: number) {
    this.#fast = fast;
    this.#stale = stale;
    this.#patience = patience;
  }

  /**
   * Finds a copy.
   *
   * @param key The record's key.
   * @returns The record as the lasting store had it, with its version there; `undefined` if there is no copy that may be used.
   */
  find(key: string): Awaitable<StoredSession | undefined> {
    return this.#try(() =>
      chain(this.#fast.read(key), (found) => {
        // By the clock it was made in the future: the clock was put back, and nothing is known of how old it is.
        if (found && found.expires > now() + 2 * this.#stale) return chain(this.drop(key), () => undefined);
        return usable(found);
      })
    );
  }

  /**
   * Puts a copy where none is. One that is there already is no older.
   *
   * @param key The record's key.
   * @param stored The record.
   * @param since When that was certainly true, in milliseconds since the Unix epoch.
   */
  async add(key: string, stored: StoredSession, since: number): Promise<void> {
    const expires = Math.min(stored.expires, since + this.#stale);
    if (isAlive(expires)) await this.#try(() => this.#fast.create(key, { data: encodeCopy(stored), expires }));
  }

  /**
   * Puts a copy in the place of another.
   *
   * @param key The record's key.
   * @param stored The record.
   * @param since When that was certainly true, in milliseconds since the Unix epoch.
   */
  async replace(key: string, stored: StoredSession, since: number): Promise<void> {
    // At once, as every order of the two is right: in the wrong one there is no copy.
    await Promise.all([this.drop(key), this.add(key, stored, since)]);
  }

  /**
   * Removes a copy.
   *
   * @param key The record's key.
   */
  async drop(key: string): Promise<void> {
    await this.#try(() => this.#fast.delete(key));
  }

  /** Removes what has expired, however long that takes. */
  async clearExpired(): Promise<void> {
    try {
      await this.#fast.clearExpired();
    } catch {
      // Copies that lie there longer are not used.
    }
  }

  #try<T>(work: () => Awaitable<T>): Awaitable<T | undefined> {
    if (isAlive(this.#restsUntil)) return undefined;
    return attempt<T | undefined>(
      () => {
        const answer = work();
        // What is there already needs no patience, and no timer.
        return answer instanceof Promise ? this.#waitFor(answer) : answer;
      },
      (error) => {
        // Too large a record is no reason to ask for no other.
        if (!(error instanceof RecordTooLargeError)) this.#restsUntil = now() + REST;
        return undefined;
      },
    );
  }

  async #waitFor<T>(answer: Promise<T>): Promise<T> {
    const { clearTimeout, setTimeout } = nodeTimers();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const slow = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error("The fast store takes too long")), this.#patience);
      });
      return await Promise.race([answer, slow]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** In milliseconds. */
const REST = 1000;

const MARK = "nuages-copy/1 ";

/** What may still be used of what was found. */
function usable(found: StoredSession | undefined): StoredSession | undefined {
  if (!found || !isAlive(found.expires)) return undefined;
  const copy = decodeCopy(found.data);
  return copy && isAlive(copy.expires) ? copy : undefined;
}

function encodeCopy({ version, expires, owner, data }: StoredSession): string {
  return `${MARK}${JSON.stringify([version, expires, owner])}\n${data}`;
}

/** What is no copy is as good as none: the lasting store knows. */
function decodeCopy(text: string): StoredSession | undefined {
  if (!text.startsWith(MARK)) return undefined;
  const end = text.indexOf("\n");
  const [version, expires, owner] = JSON.parse(text.slice(MARK.length, end));
  return { data: text.slice(end + 1), expires, version, ...ownerPart(owner ?? undefined) };
}
