import { Changes } from "./_changes.ts";
import { deadline, endsWithBrowser, type ExpiryRule, isPast, toExpiry } from "./_expiry.ts";
import { assertJson, copyJson } from "./_json_value.ts";
import type { SessionDocument } from "./_session_document.ts";
import { now } from "./_record.ts";
import type { Session, SessionExpiry } from "./session.ts";

type Data = Record<string, unknown>;

/** The one implementation of {@linkcode Session}: the values as this request sees them, and what it has changed. */
export class LiveSession implements Session<Data> {
  /** Whether the visitor's session is to be ended. */
  flushed = false;
  /** Whether the session is to get a new id. */
  cycled = false;
  /** Set when the response leaves: from then on changes would be lost. */
  closed = false;

  #document: SessionDocument;
  #expires: number | undefined;
  #values: Map<string, unknown>;
  #changes = new Changes();
  #accessed = false;
  /** The JSON of each object that was handed out, to see whether somebody has changed it. */
  readonly #handedOut = new Map<string, string>();
  readonly #rule: ExpiryRule;

  constructor(document: SessionDocument, expires: number | undefined, rule: ExpiryRule) {
    this.#document = document;
    this.#expires = expires;
    this.#values = new Map(document.data);
    this.#rule = rule;
  }

  // deno-lint-ignore no-explicit-any -- the interface gives it the type of the key
  get(key: string, fallback?: unknown): any {
    this.#accessed = true;
    const value = this.#values.get(key);
    return value === undefined ? fallback : this.#handOut(key, value);
  }

  set(key: string, value: unknown): void {
    if (value === undefined) return void this.delete(key);
    this.#assertOpen();
    assertJson(key, value);
    this.#put(key, value);
  }

  update(key: string, change: (value: unknown) => unknown): unknown {
    this.#assertOpen();
    this.#noticeChange(key);
    // It may change its argument, and fail then: what is there now must not notice.
    const value = change(copyJson(key, this.#values.get(key)));
    if (value !== undefined) assertJson(key, value);
    this.#accessed = true;
    this.#store(key, value);
    this.#changes.change(key, change);
    return this.#handOut(key, value);
  }

  assign(values: Data): void {
    this.#assertOpen();
    for (const [key, value] of Object.entries(values)) if (value !== undefined) assertJson(key, value);
    for (const [key, value] of Object.entries(values)) this.set(key, value);
  }

  setDefault(key: string, value: unknown): NonNullable<unknown> {
    if (this.#values.get(key) === undefined) {
      assertJson(key, value);
      // Not set(): on a conflict a default must leave what somebody else has stored.
      this.update(key, (stored) => stored === undefined ? value : stored);
    }
    return this.get(key) as NonNullable<unknown>;
  }

  delete(key: string): boolean {
    this.#assertOpen();
    this.#accessed = true;
    if (!this.#values.has(key)) return false;
    this.#put(key, undefined);
    return true;
  }

  pop(key: string): unknown {
    const value = this.#values.get(key);
    this.delete(key);
    return value;
  }

  has(key: string): boolean {
    this.#accessed = true;
    return this.#values.has(key);
  }

  keys(): string[] {
    this.#accessed = true;
    return [...this.#values.keys()];
  }

  values(): unknown[] {
    return this.entries().map(([, value]) => value);
  }

  entries(): [string, unknown][] {
    return this.keys().map((key) => [key, this.get(key)]);
  }

  clear(): void {
    this.#assertOpen();
    this.#accessed = true;
    this.#values.clear();
    this.#handedOut.clear();
    this.#changes.clear();
    this.#document = { ...this.#document, expiry: undefined };
  }

  flush(): void {
    this.#assertOpen();
    this.#accessed = true;
    this.flushed = true;
    this.cycled = false;
    this.#document = { data: new Map(), created: now(), expiry: undefined };
    this.#expires = undefined;
    this.#values = new Map();
    this.#handedOut.clear();
    this.#changes = new Changes();
  }

  cycleKey(): void {
    this.#assertOpen();
    this.#accessed = true;
    this.cycled = true;
  }

  setExpiry(when: number | Date | undefined): void {
    this.#assertOpen();
    const expiry = toExpiry(when);
    this.#accessed = true;
    if (expiry === undefined && this.#document.expiry === undefined) return;
    this.#changes.expire(expiry);
    this.#document = { ...this.#document, expiry };
  }

  get expiry(): SessionExpiry {
    const current = now();
    const at = this.modified || this.#expires === undefined
      ? deadline(this.#document, this.#rule, current)
      : this.#expires;
    return {
      at: new Date(at),
      seconds: Math.max(0, Math.floor((at - current) / 1000)),
      browserClose: endsWithBrowser(this.#document, this.#rule),
    };
  }

  get accessed(): boolean {
    return this.#accessed;
  }

  get modified(): boolean {
    return this.cycled || this.flushed || this.hasChanges;
  }

  /** Whether the data or the expiry were changed. */
  get hasChanges(): boolean {
    this.#noticeChanges();
    return !this.#changes.isEmpty;
  }

  get isEmpty(): boolean {
    this.#accessed = true;
    return this.#values.size === 0;
  }

  setTestCookie(): void {
    this.set(TEST_KEY, "worked");
  }

  testCookieWorked(): boolean {
    return this.get(TEST_KEY) === "worked";
  }

  deleteTestCookie(): void {
    this.delete(TEST_KEY);
  }

  /** Whether this request has given the session an end that is over. */
  get hasEnded(): boolean {
    return this.#changes.setsExpiry && isPast(this.#document.expiry, now());
  }

  /** What to store if nobody else has written since the session was read: what the view has seen. */
  draft(): SessionDocument {
    this.#noticeChanges();
    for (const key of this.#changes.keys()) if (this.#values.has(key)) assertJson(key, this.#values.get(key));
    return { ...this.#document, data: this.#values };
  }

  /** What to store on top of what somebody else has written since. */
  replayed(stored: SessionDocument): SessionDocument {
    return this.#changes.replay(stored, this.#values);
  }

  #put(key: string, value: unknown): void {
    this.#accessed = true;
    this.#store(key, value);
    this.#changes.put(key);
  }

  #store(key: string, value: unknown): void {
    this.#handedOut.delete(key);
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  #handOut(key: string, value: unknown): unknown {
    if (typeof value === "object" && value !== null && !this.#handedOut.has(key)) {
      this.#handedOut.set(key, JSON.stringify(value));
    }
    return value;
  }

  #noticeChanges(): void {
    // Listed beforehand, as noticing one puts it at the end again.
    for (const key of [...this.#handedOut.keys()]) this.#noticeChange(key);
  }

  /** A value that was changed in place counts as set. */
  #noticeChange(key: string): void {
    const before = this.#handedOut.get(key);
    if (before === undefined) return;
    const value = this.#values.get(key);
    assertJson(key, value);
    if (JSON.stringify(value) === before) return;
    this.#handedOut.delete(key);
    this.#handOut(key, value);
    this.#changes.put(key);
  }

  #assertOpen(): void {
    if (!this.closed) return;
    throw new Error(
      "Cannot change the session as the response has left and nothing would be stored: change it before the view answers",
    );
  }
}

const TEST_KEY = "testcookie";
