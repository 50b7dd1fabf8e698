import type {
  ClearExpiredOptions,
  OwnedSession,
  ReadOptions,
  SessionRecord,
  SessionStore,
  StoredSession,
  WriteResult,
} from "@nuages/web/sessions";

/** The methods that the middleware calls. */
export type Verb = "read" | "create" | "update" | "delete" | "list" | "clearExpired";

/** A store that writes down what it is asked, and can be told to fail or to answer something else. */
export class CountingStore implements SessionStore {
  /** What it was asked, in this order. */
  readonly calls: Verb[] = [];
  /** Is called before the store is; what it throws or rejects with is the store's answer. */
  before: (verb: Verb) => void | Promise<void> = () => {};
  /** May change what the store answers. */
  // deno-lint-ignore no-explicit-any -- garbage too
  answer: (verb: Verb, result: any) => any = (_verb, result) => result;
  readonly #store: SessionStore;

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /** What it was asked since the last time somebody wanted to know. */
  take(): Verb[] {
    return this.calls.splice(0);
  }

  read(key: string, options?: ReadOptions): Promise<StoredSession | undefined> {
    return this.#ask("read", () => this.#store.read(key, options));
  }

  create(key: string, record: SessionRecord): Promise<string | undefined> {
    return this.#ask("create", () => this.#store.create(key, record));
  }

  update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    return this.#ask("update", () => this.#store.update(key, record, version));
  }

  delete(key: string): Promise<void> {
    return this.#ask("delete", () => this.#store.delete(key));
  }

  list(owner: string): Promise<OwnedSession[]> {
    return this.#ask("list", () => this.#store.list(owner));
  }

  clearExpired(options?: ClearExpiredOptions): Promise<number> {
    return this.#ask("clearExpired", () => this.#store.clearExpired(options));
  }

  // Not async: a store may throw before it has given a promise.
  #ask<T>(verb: Verb, action: () => T | Promise<T>): Promise<T> {
    this.calls.push(verb);
    const waiting = this.before(verb);
    const result = waiting instanceof Promise ? waiting.then(action) : action();
    return Promise.resolve(result).then((value) => this.answer(verb, value));
  }
}
