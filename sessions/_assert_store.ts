import type { SessionStore } from "./store.ts";

/**
 * Refuses what is no store.
 *
 * @param what What it was given to, for the message.
 * @param store What should be one.
 * @throws {TypeError} If it is no object, or a method is missing.
 */
export function assertStore(what: string, store: unknown): asserts store is SessionStore {
  if (typeof store !== "object" || store === null) {
    throw new TypeError(`Cannot create ${what} without a store: pass new MemoryStore(), or one that lasts`);
  }
  const missing = METHODS.find((method) => typeof (store as Partial<SessionStore>)[method] !== "function");
  if (missing === undefined) return;
  throw new TypeError(
    `Cannot create ${what} as the store has no ${missing}(): pass new MemoryStore(), or one that lasts`,
  );
}

const METHODS = ["read", "create", "update", "delete", "list", "clearExpired"] as const;
