import {
  assertCookie,
  cannot,
  needsHttpOnly,
  needsSecure,
  PAIR_LIMIT,
  secondsUntil,
  TOKEN_REGEXP,
} from "./_cookie_rules.ts";
import { secondsNow } from "./clock.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";

/** Writes a `Set-Cookie` line; name and attributes were checked before. */
export function writeCookie(name: string, value: string, attributes: CookieAttributes): string {
  const { maxAge, expires } = attributes;
  const written = quote(name, value);
  if (maxAge === undefined && expires === undefined) return write(name, written, attributes, "", "");
  const seconds = maxAge ?? secondsUntil(expires!);
  return write(name, written, attributes, httpDate(Math.floor(secondsNow() + seconds)), String(Math.trunc(seconds)));
}

/** Writes a `Set-Cookie` line that removes the cookie; name and attributes were checked before. */
export function writeDeletion(name: string, attributes: CookieAttributes): string {
  return write(name, quote(name, ""), attributes, "Thu, 01 Jan 1970 00:00:00 GMT", "0");
}

/** The attributes a cookie is deleted with: those browsers ask for, and no lifetime. Throws like `assertCookie`. */
export function deletionAttributes(name: string, attributes: CookieAttributes): CookieAttributes {
  const { maxAge: _maxAge, expires: _expires, ...kept } = attributes;
  const completed = {
    ...kept,
    secure: kept.secure || needsSecure(name, kept),
    httpOnly: kept.httpOnly || needsHttpOnly(name),
  };
  assertCookie(name, completed);
  return completed;
}

/** Whether a header can carry the value and a browser would take it. */
export function isWritable(name: string, value: string): boolean {
  return !ABOVE_LATIN_1_REGEXP.test(value) && name.length + quoted(value).length <= PAIR_LIMIT;
}

function write(name: string, value: string, attributes: CookieAttributes, expires: string, maxAge: string): string {
  const { domain, path = "/", sameSite, priority } = attributes;
  let line = name + "=" + value;
  if (domain) line += "; Domain=" + domain;
  if (expires) line += "; expires=" + expires;
  if (attributes.httpOnly) line += "; HttpOnly";
  if (maxAge) line += "; Max-Age=" + maxAge;
  if (attributes.partitioned) line += "; Partitioned";
  if (path) line += "; Path=" + path;
  if (priority) line += "; Priority=" + priority;
  if (sameSite) line += "; SameSite=" + sameSite;
  if (attributes.secure) line += "; Secure";
  return line;
}

function quote(name: string, value: string): string {
  if (typeof value !== "string") {
    throw new TypeError(`${cannot(name)} as its value must be a string: received ${typeof value}`);
  }
  const written = quoted(value);
  if (written !== value && ABOVE_LATIN_1_REGEXP.test(value)) {
    throw new TypeError(
      `${cannot(name)} as its value has characters above U+00FF, which a header cannot carry: ` +
        `encode it first (encodeURIComponent, or a sealed cookie)`,
    );
  }
  if (name.length + written.length > PAIR_LIMIT) {
    throw new RangeError(
      `${cannot(name)} as name and value must have at most ${PAIR_LIMIT} bytes together, ` +
        `beyond which browsers drop the cookie: received ${name.length + written.length}`,
    );
  }
  return written;
}

function quoted(value: string): string {
  return TOKEN_REGEXP.test(value) ? value : '"' + value.replace(QUOTED_REGEXP, escaped) + '"';
}

// Within one second a site writes the same date over and over, and formatting it takes longer than all the rest.
let lastSecond = NaN;
let lastDate = "";

function httpDate(second: number): string {
  if (second !== lastSecond) {
    lastDate = new Date(second * 1000).toUTCString();
    lastSecond = second;
  }
  return lastDate;
}

const ABOVE_LATIN_1_REGEXP = /[^\0-\xff]/;
// All that is neither a token character nor one of those that quotes protect.
const QUOTED_REGEXP = /[^A-Za-z0-9!#$%&'*+\-.^_`|~: ()/<=>?@[\]{}]/g;

function escaped(character: string): string {
  if (character === '"' || character === "\\") return "\\" + character;
  return "\\" + character.charCodeAt(0).toString(8).padStart(3, "0");
}
