/**
 * Reads a `Cookie` header with the meaning Django gives it.
 *
 * - Pairs are separated by `;`, a name from its value by the first `=`. A pair without `=` is a value without a name.
 * - Of two cookies with one name the last one counts.
 * - A value in double quotes is unquoted: `\"`, `\\` and octal `\073` stand for their characters. Nothing else is
 *   decoded: `%20` stays `%20`.
 * - Names are compared as they stand: `__host-id` is not `__Host-id`.
 *
 * One thing differs from Django: only spaces and tabs are removed around names and values (RFC 6265bis §5.6), and not
 * what Unicode calls white space. A browser lets any site of the domain set a cookie whose name is `__Host-id` with a
 * no-break space in front; without that space it would pass for one that only this host can have set.
 *
 * It never throws, whatever the header holds, and takes time in proportion to its length.
 *
 * @param header The value of the `Cookie` header, or `null` if the request has none
 * @returns The values by their names, in the order in which the names first appeared
 *
 * @example Usage
 * ```ts
 * import { parseCookies } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const cookies = parseCookies('theme=dark; city="Z\\374rich"');
 *
 * assertEquals(cookies.get("theme"), "dark");
 * assertEquals(cookies.get("city"), "Zürich");
 * ```
 */
export function parseCookies(header: string | null): Map<string, string> {
  const cookies = new Map<string, string>();
  if (!header) return cookies;
  const { length } = header;
  let equals = header.indexOf("=");
  for (let start = 0; start < length;) {
    let end = header.indexOf(";", start);
    if (end === -1) end = length;
    // Looked up again only when passed: otherwise a header of many `;` would be read from end to end for each of them.
    if (equals !== -1 && equals < start) equals = header.indexOf("=", start);
    let name = "";
    if (equals !== -1 && equals < end) {
      name = nameAt(header, start, equals);
      start = equals + 1;
    }
    const from = blanksEnd(header, start, end);
    const value = header.slice(from, blanksStart(header, from, end));
    if (name.length > 0 || value.length > 0) {
      cookies.set(name, header.charCodeAt(from) === QUOTE ? unquote(value) : value);
    }
    start = end + 1;
  }
  return cookies;
}

const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;

/**
 * The names that came last, each at a place that its length, its first and its last character choose. All visitors send the same few, and V8 has to
 * compute the hash of each text that is cut out anew: see docs/decisions/0002-own-cookie-codec.md.
 */
const KNOWN: string[] = new Array(64).fill("");
/** Texts up to this length are copied by V8; longer ones would keep the whole header. */
const KNOWN_LENGTH = 12;
const HASHED: Readonly<Record<string, undefined>> = Object.create(null);

function nameAt(header: string, from: number, to: number): string {
  const start = blanksEnd(header, from, to);
  const end = blanksStart(header, start, to);
  const length = end - start;
  if (length === 0) return "";
  const place = (length + 7 * header.charCodeAt(start) + 31 * header.charCodeAt(end - 1)) & 63;
  const known = KNOWN[place]!;
  if (known.length === length && header.startsWith(known, start)) return known;
  const name = header.slice(start, end);
  // Makes V8 compute the hash the fast way.
  HASHED[name];
  if (length <= KNOWN_LENGTH) KNOWN[place] = name;
  return name;
}

/** Where blanks at the beginning end. */
function blanksEnd(text: string, start: number, end: number): number {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  return start;
}

/** Where blanks at the end start. */
function blanksStart(text: string, start: number, end: number): number {
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function unquote(value: string): string {
  const last = value.length - 1;
  if (last < 1 || value.charCodeAt(last) !== QUOTE) return value;
  const inner = value.slice(1, last);
  return inner.includes("\\") ? inner.replace(ESCAPE_REGEXP, unescaped) : inner;
}

const ESCAPE_REGEXP = /\\(?:([0-3][0-7][0-7])|([^\n]))/g;

function unescaped(_match: string, octal: string | undefined, character: string): string {
  return octal === undefined ? character : String.fromCharCode(parseInt(octal, 8));
}
