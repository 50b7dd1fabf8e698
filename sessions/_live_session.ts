import { Changes } from "./_changes.ts";
import { expiryOf, type ExpiryRule, isPast, toExpiry } from "./_expiry.ts";
import { assertJson, copyJson } from "./_json_value.ts";
import { newOwnership } from "./_ownership.ts";
import { now } from "./_record.ts";
import type { SessionDocument } from "./_session_document.ts";
import { newHandle } from "./_session_id.ts";
import { SessionValues } from "./_session_values.ts";
import type { OwnerOptions, Session, SessionExpiry } from "./session.ts";
import { SessionStoreError } from "./session_errors.ts";

type Data = Record<string, unknown>;

/** The one implementation of {@linkcode Session}: the values as this request sees them, and what it has changed. */
export class LiveSession implements Session<Data> {
  /** Whether the visitor's session is to be ended. */
  flushed = false;
  /** Whether the session is to get a new id. */
  cycled = false;
  /** Set when the response leaves: from then on changes would be lost. */
  closed = false;
  /** Why the session can't be changed, if it could not be read. */
  unavailable: SessionStoreError | undefined;

  #document: SessionDocument;
  #expires: number | undefined;
  #values: SessionValues;
  /** Made with the first change, as most requests only read. */
  #changes: Changes | undefined;
  #accessed = false;
  readonly #rule: ExpiryRule;

  constructor(document: SessionDocument, expires: number | undefined, rule: ExpiryRule) {
    this.#document = document;
    this.#expires = expires;
    this.#values = new SessionValues(document.data);
    this.#rule = rule;
  }

  // deno-lint-ignore no-explicit-any -- the interface gives it the type of the key
  get(key: string, fallback?: unknown): any {
    this.#accessed = true;
    const value = this.#values.handOut(key);
    return value === undefined ? fallback : value;
  }

  set(key: string, value: unknown): void {
    if (value === undefined) return void this.delete(key);
    this.#assertOpen();
    assertJson(key, value);
    this.#put(key, value);
  }

  update(key: string, change: (value: unknown) => unknown): unknown {
    this.#assertOpen();
    if (this.#values.wasChangedInPlace(key)) (this.#changes ??= new Changes()).put(key);
    // It may change its argument, and fail then: what is there now must not notice.
    const value = change(copyJson(key, this.#values.all.get(key)));
    if (value !== undefined) assertJson(key, value);
    this.#accessed = true;
    this.#values.put(key, value);
    (this.#changes ??= new Changes()).change(key, change);
    return this.#values.handOut(key);
  }

  assign(values: Data): void {
    this.#assertOpen();
    for (const [key, value] of Object.entries(values)) if (value !== undefined) assertJson(key, value);
    for (const [key, value] of Object.entries(values)) this.set(key, value);
  }

  setDefault(key: string, value: unknown): NonNullable<unknown> {
    if (this.#values.all.get(key) === undefined) {
      assertJson(key, value);
      // Not set(): on a conflict a default must leave what somebody else has stored.
      this.update(key, (stored) => stored === undefined ? value : stored);
    }
    return this.get(key) as NonNullable<unknown>;
  }

  delete(key: string): boolean {
    this.#assertOpen();
    this.#accessed = true;
    if (!this.#values.all.has(key)) return false;
    this.#put(key, undefined);
    return true;
  }

  pop(key: string): unknown {
    const value = this.#values.all.get(key);
    this.delete(key);
    return value;
  }

  has(key: string): boolean {
    this.#accessed = true;
    return this.#values.all.has(key);
  }

  keys(): string[] {
    this.#accessed = true;
    return [...this.#values.all.keys()];
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
    this.#document = { ...this.#document, expiry: undefined };
    this.#values = new SessionValues(new Map());
    (this.#changes ??= new Changes()).clear();
  }

  flush(): void {
    this.#assertOpen();
    this.#accessed = true;
    this.flushed = true;
    this.cycled = false;
    this.#document = { data: new Map(), created: now(), expiry: undefined };
    this.#expires = undefined;
    this.#values = new SessionValues(this.#document.data);
    this.#changes = undefined;
  }

  cycleKey(): void {
    this.#assertOpen();
    this.#accessed = true;
    this.cycled = true;
  }

  setOwner(owner: string | undefined, options: OwnerOptions = {}): void {
    this.#assertOpen();
    const before = this.#document.owner;
    const after = owner === undefined ? undefined : newOwnership(owner, options, before);
    this.#accessed = true;
    if (after === before) return;
    const isSame = after?.name === before?.name;
    const handle = isSame ? this.#document.handle : after && newHandle();
    // The visitor's rights change with it.
    if (!isSame) this.cycled = true;
    this.#document = { ...this.#document, owner: after, handle };
    (this.#changes ??= new Changes()).own(after, handle);
  }

  get owner(): string | undefined {
    this.#accessed = true;
    return this.#document.owner?.name;
  }

  setExpiry(when: number | Date | undefined): void {
    this.#assertOpen();
    const expiry = toExpiry(when);
    this.#accessed = true;
    if (expiry === undefined && this.#document.expiry === undefined) return;
    (this.#changes ??= new Changes()).expire(expiry);
    this.#document = { ...this.#document, expiry };
  }

  get expiry(): SessionExpiry {
    return expiryOf(this.#document, this.modified ? undefined : this.#expires, this.#rule, now());
  }

  get accessed(): boolean {
    return this.#accessed;
  }

  get modified(): boolean {
    return this.cycled || this.flushed || this.hasChanges;
  }

  /** Whether the data, the owner or the expiry were changed. */
  get hasChanges(): boolean {
    this.#noticeChanges();
    return this.#changes?.isEmpty === false;
  }

  get isEmpty(): boolean {
    this.#accessed = true;
    return this.#values.all.size === 0;
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

  /** What it is called in lists, if it is on one. */
  get handle(): string | undefined {
    return this.#document.handle;
  }

  /** Whether there is something in it to be kept. */
  get isWorthKeeping(): boolean {
    return this.#values.all.size > 0 || this.#document.owner !== undefined;
  }

  /** Whether this request has given the session an end that is over. */
  get hasEnded(): boolean {
    return this.#changes?.setsExpiry === true && isPast(this.#document.expiry, now());
  }

  /** What to store if nobody else has written since the session was read: what the view has seen. */
  draft(): SessionDocument {
    this.#noticeChanges();
    const { all } = this.#values;
    for (const key of this.#changes?.keys() ?? []) if (all.has(key)) assertJson(key, all.get(key));
    return { ...this.#document, data: all };
  }

  /** What to store on top of what somebody else has written since. */
  replayed(stored: SessionDocument): SessionDocument {
    return this.#changes?.replay(stored, this.#values.all) ?? stored;
  }

  #put(key: string, value: unknown): void {
    this.#accessed = true;
    this.#values.put(key, value);
    (this.#changes ??= new Changes()).put(key);
  }

  /** A value that was changed in place counts as set. */
  #noticeChanges(): void {
    for (const key of this.#values.changedInPlace()) (this.#changes ??= new Changes()).put(key);
  }

  #assertOpen(): void {
    if (this.unavailable !== undefined) throw new SessionStoreError(UNREAD, this.unavailable.cause);
    if (this.closed) throw new Error(LATE);
  }
}

const TEST_KEY = "testcookie";
const UNREAD = "read the session, so that it can't be changed";
const LATE =
  "Cannot change the session as the response has left and nothing would be stored: change it before the view answers";
