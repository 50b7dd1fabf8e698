/**
 * Requests that hold under a condition only (RFC 9110 §13).
 *
 * @module
 */

/** What tells one state of something from another. */
export interface Validators {
  /** Its entity tag, quoted: `"v7"` or `W/"v7"`. */
  readonly etag: string | undefined;
  /** When it was changed last, in milliseconds since the epoch, a whole number of seconds. */
  readonly lastModified: number | undefined;
}

/** What becomes of a request: it is answered, the visitor has the answer already (304), or it must not be carried out (412). */
export type Verdict = "go on" | "not modified" | "failed";

/**
 * Judges a request by its conditions, in the order of RFC 9110 §13.2.2. `If-Match` compares strongly, `If-None-Match` weakly. What is malformed matches nothing, and a malformed date
 * counts as absent.
 *
 * @param request The request.
 * @param validators Of what there is.
 * @param exists Whether there is anything, for `*`.
 * @returns The verdict.
 * @internal
 */
export function judge({ headers, method }: Request, { etag, lastModified }: Validators, exists: boolean): Verdict {
  const ifMatch = headers.get("If-Match");
  if (ifMatch !== null) {
    if (!matches(ifMatch, etag, exists, isSameStrong)) return "failed";
  } else {
    const since = parseHttpDate(headers.get("If-Unmodified-Since"));
    if (since !== undefined && lastModified !== undefined && lastModified > since) return "failed";
  }
  const isRead = method === "GET" || method === "HEAD";
  const ifNoneMatch = headers.get("If-None-Match");
  if (ifNoneMatch !== null) {
    if (matches(ifNoneMatch, etag, exists, isSameWeak)) return isRead ? "not modified" : "failed";
  } else if (isRead) {
    const since = parseHttpDate(headers.get("If-Modified-Since"));
    if (since !== undefined && lastModified !== undefined && lastModified <= since) return "not modified";
  }
  return "go on";
}

function matches(
  header: string,
  etag: string | undefined,
  exists: boolean,
  isSame: (one: string, other: string) => boolean,
): boolean {
  if (header.trim() === "*") return exists;
  return etag !== undefined && parseTags(header).some((tag) => isSame(tag, etag));
}

function isSameStrong(one: string, other: string): boolean {
  return one === other && one.startsWith('"');
}

function isSameWeak(one: string, other: string): boolean {
  return one.replace(/^W\//, "") === other.replace(/^W\//, "");
}

function parseTags(header: string): string[] {
  const tags: string[] = [];
  ITEM_REGEXP.lastIndex = 0;
  while (ITEM_REGEXP.lastIndex < header.length) {
    const match = ITEM_REGEXP.exec(header);
    if (match === null) return [];
    if (match[1] !== undefined) tags.push(match[1]);
  }
  return tags;
}

/** An entity tag may hold a comma, so a list of them can't be cut at commas. */
const ITEM_REGEXP = /[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")?[ \t]*(?:,|$)/y;

/**
 * Reads a date as HTTP writes it, in any of its three forms (RFC 9110 §5.6.7).
 *
 * @param text A header's value.
 * @returns Milliseconds since the epoch; `undefined` for anything else.
 * @internal
 */
export function parseHttpDate(text: string | null): number | undefined {
  if (text === null || !DATE_REGEXP.test(text)) return undefined;
  const time = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

const DATE_REGEXP =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT|[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;

/**
 * Makes an entity tag of a text: quotes it unless it is quoted, and percent-encodes what a tag can't hold (RFC 9110 §8.8.3).
 *
 * @param text The text, such as a version's number.
 * @returns The tag.
 * @internal
 */
export function quoteTag(text: string): string {
  if (/^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(text)) return text;
  const held = text.replace(/[^\x21\x23-\x7e]+/gu, (part) => encodeURIComponent(part.toWellFormed()));
  return `"${held}"`;
}

/**
 * The validators that a response names.
 *
 * @param headers The response's headers.
 * @returns The validators.
 * @internal
 */
export function validatorsOf(headers: Headers): Validators {
  return { etag: headers.get("ETag") ?? undefined, lastModified: parseHttpDate(headers.get("Last-Modified")) };
}
