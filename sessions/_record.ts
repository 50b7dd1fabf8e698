import type { SessionRecord } from "./store.ts";

/** The form of a key, and of an owner: a SHA-256 in base64url. It is what makes them safe as names of files. */
export const KEY_REGEXP: RegExp = /^[A-Za-z0-9_-]{43}$/;

/**
 * The present, in milliseconds since the Unix epoch. Stores ask for it here and nowhere else.
 *
 * @returns The present.
 */
export function now(): number {
  return Date.now();
}

/**
 * A name that nothing had before and nothing will have again. Stores take theirs from here and from nowhere else.
 *
 * @returns 36 characters, 122 of their bits random.
 */
export function newName(): string {
  return crypto.randomUUID();
}

/**
 * Whether what has this deadline still exists.
 *
 * @param expires The deadline, in milliseconds since the Unix epoch.
 * @returns Whether it lies in the future.
 */
export function isAlive(expires: number): boolean {
  return expires > now();
}

/**
 * Refuses what can't be a key. The key itself stays out of the message.
 *
 * @param key What should be a key.
 * @throws {TypeError} If it isn't one.
 */
export function assertKey(key: string): void {
  assertHash("key", key);
}

/**
 * Refuses what can't be an owner. The owner itself stays out of the message.
 *
 * @param owner What should be an owner.
 * @throws {TypeError} If it isn't one.
 */
export function assertOwner(owner: string): void {
  assertHash("owner", owner);
}

/**
 * Refuses a record that a store could not give back exactly.
 *
 * @param record What should be kept.
 * @throws {TypeError} If its text is not well-formed Unicode, its deadline is not a finite number, or its owner is none.
 */
export function assertRecord(record: SessionRecord): void {
  if (typeof record.data !== "string" || !record.data.isWellFormed()) {
    throw new TypeError("Cannot keep session record as its data must be a well-formed text");
  }
  if (!Number.isFinite(record.expires)) {
    throw new TypeError(
      `Cannot keep session record as its deadline must be a finite number: received ${record.expires}`,
    );
  }
  if (record.owner !== undefined) assertOwner(record.owner);
}

/**
 * The part of a record that says whose it is, for spreading: a record that is nobody's has no such part.
 *
 * @param owner The owner, if there is one.
 * @returns The part.
 */
export function ownerPart(owner: string | undefined): { readonly owner?: string } {
  return owner === undefined ? {} : { owner };
}

function assertHash(what: string, value: unknown): void {
  if (typeof value === "string" && KEY_REGEXP.test(value)) return;
  const received = typeof value === "string" ? `${value.length} characters` : typeof value;
  throw new TypeError(`Cannot use session ${what} as it must be 43 characters of base64url: received ${received}`);
}
