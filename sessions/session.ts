/**
 * What a view holds of a visitor: the session's verbs.
 *
 * @module
 */

/** When a session ends. */
export interface SessionExpiry {
  /** The instant from which the session is not served any more. */
  readonly at: Date;
  /** Seconds until then. */
  readonly seconds: number;
  /** Whether the browser is told to forget the cookie when it is closed. */
  readonly browserClose: boolean;
}

/** What {@linkcode Session.setOwner} is told of a session, for the list of its owner's sessions. */
export interface OwnerOptions {
  /**
   * What the session is called: a line of at most 100 characters. What is longer is cut, control characters go. It may hold what a visitor
   * wrote, so escape it in a page, as any text.
   *
   * @default {browser and system as the browser tells them, such as "Firefox on Linux"}
   */
  readonly label?: string;
  /**
   * The address to keep, where it must not be the visitor's own: shortened, or "" for none. It stays as it is.
   *
   * @default {`context.client.address`, whenever the session is written}
   */
  readonly address?: string;
}

/**
 * A visitor's session. It was read when `context.session()` was first awaited; from there on everything is synchronous, and what has
 * changed is written once, after the view and before the response leaves.
 *
 * Values are JSON: strings, finite numbers, booleans, `null`, arrays and plain objects of these. What JSON can't carry is refused when it is set. A
 * change inside a value (`session.get("cart")?.push(book)`) is noticed, and counts as a `set` of that key.
 *
 * Two requests of one visitor that change different keys both keep their changes. Of two that `set` the same key, the later commit wins;
 * where that would lose something (a counter, a list), {@linkcode Session.update} is exact.
 *
 * @typeParam T The keys and what they hold, as given to `sessions<T>()`.
 */
export interface Session<T extends object = Record<string, unknown>> {
  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns Its value; `undefined` if it has none.
   */
  get<K extends keyof T & string>(key: K): T[K] | undefined;
  /**
   * The value of a key, or something else.
   *
   * @param key The key.
   * @param fallback What to answer if it has no value; it is not stored.
   * @returns Its value, or the fallback.
   */
  get<K extends keyof T & string>(key: K, fallback: Exclude<T[K], undefined>): Exclude<T[K], undefined>;
  /**
   * Gives a key a value. Setting `undefined` deletes it.
   *
   * @param key The key.
   * @param value Its value from now on.
   * @throws {TypeError} If JSON can't carry the value; the message names the place in it.
   */
  set<K extends keyof T & string>(key: K, value: T[K]): void;
  /**
   * Changes a value exactly, whatever other requests do at the same time. The function runs now, and again on what is stored then if somebody else has
   * written in between: it should depend on nothing but its argument. Answering `undefined` deletes the key.
   *
   * @param key The key.
   * @param change Makes the new value of the old one; give back a new value rather than changing the old.
   * @returns The new value, as of now.
   * @throws {TypeError} If JSON can't carry what it answers.
   */
  update<K extends keyof T & string>(key: K, change: (value: T[K] | undefined) => T[K]): T[K];
  /**
   * Sets several keys, or none if one of the values is refused. `undefined` deletes. (Django's `update(dict)`.)
   *
   * @param values The keys and their values.
   * @throws {TypeError} If JSON can't carry a value.
   */
  assign(values: Partial<T>): void;
  /**
   * The value of a key, which gets one if it has none. What somebody else has stored in the meantime stays. (Django's `setdefault`.)
   *
   * @param key The key.
   * @param value What it gets if it has none.
   * @returns The value it had or has now.
   * @throws {TypeError} If JSON can't carry the value.
   */
  setDefault<K extends keyof T & string>(key: K, value: Exclude<T[K], undefined>): Exclude<T[K], undefined>;
  /**
   * Removes a key.
   *
   * @param key The key.
   * @returns Whether it had a value.
   */
  delete(key: keyof T & string): boolean;
  /**
   * Takes a value out.
   *
   * @param key The key.
   * @returns The value it had; `undefined` if none.
   */
  pop<K extends keyof T & string>(key: K): T[K] | undefined;
  /**
   * Whether a key has a value.
   *
   * @param key The key.
   * @returns Whether it has.
   */
  has(key: keyof T & string): boolean;
  /**
   * The keys that have values.
   *
   * @returns The keys, in the order they were first set; those that are whole numbers come first, as in every object.
   */
  keys(): (keyof T & string)[];
  /**
   * The values.
   *
   * @returns The values, in the order of the keys.
   */
  values(): T[keyof T & string][];
  /**
   * Keys and values.
   *
   * @returns Pairs, in the order of the keys.
   */
  entries(): [keyof T & string, T[keyof T & string]][];
  /**
   * Removes all keys, and what {@linkcode Session.setExpiry} has said. The session itself stays, with its id and its owner;
   * {@linkcode Session.flush} ends it.
   */
  clear(): void;
  /**
   * Ends the session: its data and its id are gone for good, whatever requests are still under way and whatever the status of the response. For signing out. What is
   * set afterwards goes into a new session.
   */
  flush(): void;
  /**
   * Gives the session a new id and ends the old one at once, keeping the data. For signing in, and whenever the visitor's rights change: an id that
   * somebody else may have planted is worth nothing then. Other requests of the visitor that are still under way with the old id can't change the session
   * any more (400), and leave the new cookie alone.
   */
  cycleKey(): void;
  /**
   * Says whose session this is, so that {@linkcode SessionDirectory} finds it among all that this owner has. For signing in. If it was somebody else's, or
   * nobody's, it gets a new id, as by {@linkcode Session.cycleKey}. What it holds stays: where somebody else was signed in, `flush()` comes first. Saying the
   * same again changes nothing, so it may be said in every request.
   *
   * @param owner The owner's name: whatever names an account for good; `undefined` for nobody, which leaves the session off all lists.
   * @param options What is shown of the session.
   * @throws {TypeError} If the name is no text, empty, or has a lone surrogate, or label or address are no texts.
   */
  setOwner(owner: string | undefined, options?: OwnerOptions): void;
  /** Whose session it is; `undefined` if nobody's. */
  readonly owner: string | undefined;
  /**
   * Says when this session ends, instead of the middleware's own rule. A number counts from the last change, this one included, and isn't renewed by reading.
   * What lies in the past ends the session with this response. `absoluteSeconds` holds all the same. (Django's `set_expiry`.)
   *
   * @param when Seconds, rounded up; 0 for "when the browser is closed"; an instant; `undefined` for the middleware's rule again.
   * @throws {RangeError} If it is no finite number or no valid date.
   */
  setExpiry(when: number | Date | undefined): void;
  /** When the session ends if nothing more happens. */
  readonly expiry: SessionExpiry;
  /** Whether it was read or written. */
  readonly accessed: boolean;
  /** Whether there is something to write. */
  readonly modified: boolean;
  /** Whether it holds nothing. */
  readonly isEmpty: boolean;
  /** Puts a mark into the session to find out on the next request whether the browser keeps cookies. */
  setTestCookie(): void;
  /**
   * Whether the mark came back.
   *
   * @returns Whether the browser keeps cookies.
   */
  testCookieWorked(): boolean;
  /** Removes the mark. */
  deleteTestCookie(): void;
}

/**
 * What `sessions()` adds to the context.
 *
 * @typeParam T The keys and what they hold.
 */
export interface HasSession<T extends object = Record<string, unknown>> {
  /**
   * The visitor's session. The first call reads it, every call gives the same.
   *
   * @returns The session; empty for a visitor who has none.
   * @throws {SessionStoreError} If the store fails, or doesn't answer in time: 503. Not with `whenUnavailable: "empty"`.
   */
  session(): Promise<Session<T>>;
}
