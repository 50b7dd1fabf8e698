import { type Awaitable, isPromiseLike } from "../middleware/awaitable.ts";
import type { Outcome } from "./_backend.ts";
import { isAlive } from "./_record.ts";
import { isObject } from "./_session_document.ts";
import { StoreCalls, storeError } from "./_store_calls.ts";
import type { OwnedSession, ReadOptions, SessionRecord, SessionStore, StoredSession } from "./store.ts";

/**
 * A store as it is used: it answers in time, and what its contract says; or it has failed, which is a {@linkcode SessionStoreError}.
 */
export class GuardedStore {
  readonly #store: SessionStore;
  readonly #calls: StoreCalls;

  constructor(store: SessionStore, seconds: number) {
    this.#store = store;
    this.#calls = new StoreCalls(seconds);
  }

  /** At once, if the store answers at once. */
  read(key: string, options?: ReadOptions): Awaitable<StoredSession | undefined> {
    try {
      const answer: unknown = this.#store.read(key, options);
      return isPromiseLike(answer) ? this.#calls.wait("read", answer, toRecord) : toRecord(answer);
    } catch (error) {
      throw storeError("read", error);
    }
  }

  readFresh(key: string): Awaitable<StoredSession | undefined> {
    return this.read(key, FRESH);
  }

  /** Says whether the key was free. */
  create(key: string, record: SessionRecord): Promise<boolean> {
    try {
      // What was created when nobody waited for it any more is nobody's, and is taken away again.
      return this.#calls.wait("create", this.#store.create(key, record), isCreated, (version) => {
        if (typeof version === "string") this.clean(key);
      });
    } catch (error) {
      return Promise.reject(storeError("create", error));
    }
  }

  update(key: string, record: SessionRecord, version: string, verb = "write"): Promise<Outcome> {
    try {
      return this.#calls.wait(verb, this.#store.update(key, record, version), toOutcome);
    } catch (error) {
      return Promise.reject(storeError(verb, error));
    }
  }

  delete(key: string): Promise<void> {
    try {
      return this.#calls.wait("delete", this.#store.delete(key), toNothing);
    } catch (error) {
      return Promise.reject(storeError("delete", error));
    }
  }

  /** Removes a record that opens nothing any more. Where that fails, it dies by itself. */
  clean(key: string): Promise<void> {
    return this.delete(key).catch(toNothing);
  }

  list(owner: string): Promise<OwnedSession[]> {
    try {
      return this.#calls.wait("list", this.#store.list(owner), toList);
    } catch (error) {
      return Promise.reject(storeError("list", error));
    }
  }
}

const FRESH: ReadOptions = { fresh: true };

function toRecord(answer: unknown): StoredSession | undefined {
  if (answer === undefined) return undefined;
  if (!isStoredSession(answer)) throw nonsense("read");
  return isAlive(answer.expires) ? answer : undefined;
}

function isCreated(answer: unknown): boolean {
  if (answer !== undefined && typeof answer !== "string") throw nonsense("create");
  return answer !== undefined;
}

function toOutcome(answer: unknown): Outcome {
  const status = isObject(answer) ? answer.status : undefined;
  if (status === "written" || status === "conflict" || status === "gone") return status;
  throw nonsense("update");
}

function toList(answer: unknown): OwnedSession[] {
  if (!Array.isArray(answer) || !answer.every(isOwnedSession)) throw nonsense("list");
  return answer.filter(({ expires }) => isAlive(expires));
}

function toNothing(): void {}

function isStoredSession(answer: unknown): answer is StoredSession {
  if (typeof answer !== "object" || answer === null) return false;
  const { data, expires, version } = answer as Partial<StoredSession>;
  return typeof data === "string" && Number.isFinite(expires) && typeof version === "string";
}

function isOwnedSession(answer: unknown): answer is OwnedSession {
  return isStoredSession(answer) && typeof (answer as Partial<OwnedSession>).key === "string";
}

/** The store breaks its contract. What it answered stays out of the message, as it may be a session. */
function nonsense(method: string): TypeError {
  return new TypeError(`Cannot use what the session store answered to ${method}(): see the contract of SessionStore`);
}
