import { assertJson } from "./_json_value.ts";

/** The values of a session as one request sees them, and which of them it has changed in place. */
export class SessionValues {
  #values: ReadonlyMap<string, unknown>;
  /** Whether `#values` is this request's own, so that it may be changed. */
  #isCopied = false;
  /** The JSON of each object that was handed out, to see whether somebody has changed it. */
  #handedOut: Map<string, string> | undefined;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  /** Keys and values, not to be changed. */
  get all(): ReadonlyMap<string, unknown> {
    return this.#values;
  }

  /** The value of a key, for a view that may change it in place. */
  handOut(key: string): unknown {
    const value = this.#values.get(key);
    if (typeof value === "object" && value !== null && !this.#handedOut?.has(key)) {
      this.#handedOut ??= new Map();
      this.#handedOut.set(key, JSON.stringify(value));
    }
    return value;
  }

  /** Gives a key another value, or none. */
  put(key: string, value: unknown): void {
    this.#handedOut?.delete(key);
    const values = this.#isCopied ? this.#values as Map<string, unknown> : new Map(this.#values);
    if (value === undefined) values.delete(key);
    else values.set(key, value);
    this.#values = values;
    this.#isCopied = true;
  }

  /**
   * Looks for values that were changed in place.
   *
   * @returns Their keys; each is listed once.
   * @throws {TypeError} If JSON can't carry what one has become.
   */
  changedInPlace(): readonly string[] {
    if (this.#handedOut === undefined) return NONE;
    return [...this.#handedOut.keys()].filter((key) => this.wasChangedInPlace(key));
  }

  /**
   * Looks whether a value was changed in place.
   *
   * @param key Its key.
   * @returns Whether it was, since the last look.
   * @throws {TypeError} If JSON can't carry what it has become.
   */
  wasChangedInPlace(key: string): boolean {
    const before = this.#handedOut?.get(key);
    if (before === undefined) return false;
    const value = this.#values.get(key);
    assertJson(key, value);
    if (JSON.stringify(value) === before) return false;
    this.#handedOut?.delete(key);
    this.handOut(key);
    return true;
  }
}

const NONE: readonly string[] = [];
