import { UserAgent } from "@std/http/user-agent";
import { now } from "./_record.ts";
import type { Ownership } from "./_session_document.ts";
import type { OwnerOptions } from "./session.ts";

/**
 * What a session keeps of its owner.
 *
 * @param owner The owner's name.
 * @param options What the program says of the session.
 * @param before What was known before.
 * @returns What is known now; the same object if nothing is new.
 * @throws {TypeError} If the owner is none, or something else is no text.
 */
export function newOwnership(owner: string, options: OwnerOptions, before: Ownership | undefined): Ownership {
  assertOwnerName(owner);
  const { label, address } = options;
  for (const [name, value] of Object.entries({ label, address })) {
    if (value === undefined || typeof value === "string") continue;
    throw new TypeError(`Cannot set the session's owner as ${name} must be a text: received ${typeof value}`);
  }
  const known = before?.name === owner ? before : undefined;
  const next: Ownership = {
    name: owner,
    label: label === undefined ? known?.label : toLabel(label),
    address: address === undefined ? known?.address ?? "" : toLabel(address),
    isAddressGiven: address !== undefined || (known?.isAddressGiven ?? false),
    seen: known?.seen ?? now(),
  };
  const isNew = next.label !== known?.label || next.address !== known?.address ||
    next.isAddressGiven !== known?.isAddressGiven;
  return known === undefined || isNew ? next : known;
}

/**
 * What is known when the session is written: it was just seen, and where.
 *
 * @param ownership What was known before.
 * @param address The visitor's address.
 * @param headers The headers of the request.
 * @returns What is known now.
 */
export function seenNow(ownership: Ownership, address: string, headers: Headers): Ownership {
  return {
    ...ownership,
    label: ownership.label ?? labelOf(headers.get("User-Agent")),
    address: ownership.isAddressGiven ? ownership.address : address,
    seen: now(),
  };
}

/**
 * Refuses what can't be an owner's name.
 *
 * @param owner What should be one.
 * @throws {TypeError} If it is no text, empty, or has a lone surrogate: two of those would be one owner.
 */
export function assertOwnerName(owner: string): void {
  if (typeof owner === "string" && owner !== "" && owner.isWellFormed()) return;
  const received = owner === "" ? "an empty one" : typeof owner === "string" ? "a lone surrogate" : typeof owner;
  throw new TypeError(
    `Cannot use the owner of sessions as it must be a well-formed text, such as String(user.id): received ${received}`,
  );
}

/**
 * What a browser calls itself, in few words.
 *
 * @param userAgent What the request said.
 * @returns Such as "Firefox on Linux"; "" if nothing is known.
 */
export function labelOf(userAgent: string | null): string {
  const { browser, os } = new UserAgent(userAgent?.slice(0, LONGEST_USER_AGENT) ?? null);
  return toLabel([browser.name, os.name].filter(Boolean).join(" on "));
}

/** One short line: a visitor may have a say in it, and lists are read by people. */
function toLabel(text: string): string {
  return text.toWellFormed().replace(UNPRINTABLE_REGEXP, " ").replace(/\s+/g, " ").trim().slice(0, LONGEST_LABEL)
    .toWellFormed();
}

const LONGEST_LABEL = 100;
const LONGEST_USER_AGENT = 400;

/** Control characters, and those that turn the direction of what follows. */
const UNPRINTABLE_REGEXP = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
