import { assertJson } from "./_json_value.ts";
import type { Ownership, SessionDocument } from "./_session_document.ts";

/** Makes a new value of the old one. */
export type Change = (value: unknown) => unknown;

/**
 * What a request has done to a session, key by key, so that it can be done again on what somebody else has written since.
 */
export class Changes {
  #cleared = false;
  #expiry: { value: number | string | undefined } | undefined;
  #owner: { value: Ownership | undefined; handle: string | undefined } | undefined;
  /** Keys with a value that counts whatever was there before (the value is the session's own), or with functions to run on what is there. */
  #keys: Map<string, "value" | Change[]> | undefined;

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#keys === undefined && !this.#cleared && this.#expiry === undefined && this.#owner === undefined;
  }

  /** The key has a value of its own now, or none. */
  put(key: string): void {
    (this.#keys ??= new Map()).set(key, "value");
  }

  /** The key was changed by a function. Where its value was set before, the function has run on that already. */
  change(key: string, change: Change): void {
    const keys = this.#keys ??= new Map();
    const earlier = keys.get(key);
    if (earlier === "value" || this.#cleared) keys.set(key, "value");
    else if (earlier === undefined) keys.set(key, [change]);
    else earlier.push(change);
  }

  /** The session was given to somebody, or to nobody. */
  own(value: Ownership | undefined, handle: string | undefined): void {
    this.#owner = { value, handle };
  }

  /** All keys were removed, and the session's own end with them. Whose it is stays. */
  clear(): void {
    this.#keys = undefined;
    this.#cleared = true;
    this.#expiry = { value: undefined };
  }

  /** The session was told when to end. */
  expire(value: number | string | undefined): void {
    this.#expiry = { value };
  }

  /** Whether the session was told when to end. */
  get setsExpiry(): boolean {
    return this.#expiry !== undefined;
  }

  /** The keys that were changed, but for those that clear() has removed. */
  keys(): Iterable<string> {
    return this.#keys?.keys() ?? [];
  }

  /**
   * Does the changes again.
   *
   * @param document What is stored now.
   * @param local The session's own values.
   * @returns What to store.
   */
  replay(document: SessionDocument, local: ReadonlyMap<string, unknown>): SessionDocument {
    const data = this.#cleared ? new Map<string, unknown>() : new Map(document.data);
    for (const [key, change] of this.#keys ?? []) {
      const value = change === "value" ? local.get(key) : change.reduce((value, run) => run(value), data.get(key));
      if (value === undefined) {
        data.delete(key);
      } else {
        assertJson(key, value);
        data.set(key, value);
      }
    }
    const expiry = this.#expiry === undefined ? document.expiry : this.#expiry.value;
    const { value: owner, handle } = this.#owner ?? { value: document.owner, handle: document.handle };
    return { ...document, data, expiry, owner, handle };
  }
}
