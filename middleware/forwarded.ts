/**
 * What proxies write about those before them, hop by hop.
 *
 * @module
 */

/** The values by hop, the nearest proxy's last; a hop that says nothing has `undefined` or "". */
export interface Hops {
  /** Whom each proxy was asked by. */
  readonly addresses: readonly (string | undefined)[];
  /** The scheme it was asked with. */
  readonly schemes: readonly (string | undefined)[];
  /** The host it was asked for. */
  readonly hosts: readonly (string | undefined)[];
}

/**
 * Reads `X-Forwarded-For`, `-Proto` and `-Host`. Empty items keep their place: were they left out, what stands before them, which
 * anybody may have written, would move up.
 *
 * @param headers The request's headers.
 * @param withHost Whether to read the host too.
 * @returns The values.
 * @internal
 */
export function readXForwarded(headers: Headers, withHost: boolean): Hops {
  return {
    addresses: list(headers.get("X-Forwarded-For")),
    schemes: list(headers.get("X-Forwarded-Proto")),
    hosts: withHost ? list(headers.get("X-Forwarded-Host")) : [],
  };
}

const NONE: readonly string[] = [];

function list(value: string | null): readonly string[] {
  if (value === null) return NONE;
  return value.includes(",") ? value.split(",").map((item) => item.trim()) : [value.trim()];
}

/**
 * Reads `Forwarded` (RFC 7239 §4): one element a hop, separated by commas; pairs within it by semicolons.
 *
 * It is read from its end. That is where the proxies we trust have written, and wrote well; read from the start, a quotation mark that a visitor leaves
 * open would swallow the proxy's own element. An element that is malformed counts as one that says nothing.
 *
 * @param headers The request's headers.
 * @param most How many hops to read.
 * @returns The values.
 * @internal
 */
export function readForwarded(headers: Headers, most: number): Hops {
  const elements = lastElements(headers.get("Forwarded") ?? "", most).map(parseElement);
  return {
    addresses: elements.map((pairs) => pairs.get("for")),
    schemes: elements.map((pairs) => pairs.get("proto")),
    hosts: elements.map((pairs) => pairs.get("host")),
  };
}

function lastElements(value: string, most: number): string[] {
  const elements: string[] = [];
  let end = value.length;
  let quoted = false;
  for (let at = end - 1; at >= 0 && elements.length < most; at--) {
    const character = value[at];
    if (character === '"') {
      // Backwards the first quotation mark closes, and the next that isn't escaped opens.
      if (!quoted || !isEscaped(value, at)) quoted = !quoted;
    } else if (character === "," && !quoted) {
      elements.push(value.slice(at + 1, end));
      end = at;
    }
  }
  if (elements.length < most) elements.push(value.slice(0, end));
  return elements.reverse();
}

function isEscaped(value: string, at: number): boolean {
  let start = at;
  while (start > 0 && value[start - 1] === "\\") start--;
  return (at - start) % 2 === 1;
}

/** White space behind a pair belongs to the pair: two places for it would be tried in every combination, in a time that grows with the square. */
const PAIR_REGEXP = /\s*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*)?(?:;|$)/y;

function parseElement(element: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  PAIR_REGEXP.lastIndex = 0;
  while (PAIR_REGEXP.lastIndex < element.length) {
    const match = PAIR_REGEXP.exec(element);
    if (match === null) return MALFORMED;
    const name = match[1]?.toLowerCase();
    if (name === undefined) continue;
    if (pairs.has(name)) return MALFORMED;
    pairs.set(name, match[2]?.replace(/\\(.)/g, "$1") ?? match[3] ?? "");
  }
  return pairs;
}

const MALFORMED: ReadonlyMap<string, string> = new Map();
