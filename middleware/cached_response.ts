/**
 * A response as bytes, and back.
 *
 * @module
 */

/** A response as it is kept. */
export interface CachedResponse {
  /** Its headers. */
  readonly headers: readonly (readonly [string, string])[];
  /** When it was made, in seconds since the Unix epoch. */
  readonly made: number;
  /** Until when it is fresh. */
  readonly fresh: number;
  /** For how long browsers may keep it from each answer on, where that is another time; in seconds. */
  readonly browser?: number;
  /** Whether it may be shown to those who identify themselves with `Authorization`. */
  readonly isPublic: boolean;
  /** What it is about. */
  readonly tags: readonly string[];
}

/** What is kept under an address: a response, or the headers its responses depend on. */
export type CachedValue =
  | { readonly response: CachedResponse; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly vary: readonly string[] };

/**
 * Writes what is to be kept: a line of JSON, and the body.
 *
 * @param value What is to be kept.
 * @returns The bytes.
 * @internal
 */
export function encodeCached(value: CachedValue): Uint8Array<ArrayBuffer> {
  const head = "vary" in value ? { vary: value.vary } : { response: value.response };
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  if ("vary" in value) return line;
  const bytes = new Uint8Array(line.length + value.body.length);
  bytes.set(line);
  bytes.set(value.body, line.length);
  return bytes;
}

/**
 * Reads what was kept.
 *
 * @param bytes The bytes.
 * @returns What was kept; `undefined` if it is something else.
 * @internal
 */
export function decodeCached(bytes: Uint8Array<ArrayBuffer>): CachedValue | undefined {
  const end = bytes.indexOf(0x0a);
  try {
    const { vary, response } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    if (Array.isArray(vary)) return { vary };
    return Array.isArray(response?.headers) ? { response, body: bytes.subarray(end + 1) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Lists the headers that are kept: not those of the connection, and not those that are about one answer.
 *
 * @param headers The response's headers.
 * @returns The pairs.
 * @internal
 */
export function keptHeaders(headers: Headers): [string, string][] {
  const named = (headers.get("Connection") ?? "").toLowerCase().split(",").map((name) => name.trim());
  return [...headers].filter(([name]) => !PASSING.has(name) && !named.includes(name));
}

const PASSING: ReadonlySet<string> = new Set([
  ...["age", "connection", "date", "keep-alive", "proxy-authenticate", "proxy-connection", "ratelimit"],
  ...[
    "ratelimit-policy",
    "server-timing",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-request-id",
  ],
]);

/**
 * Makes the answer of what was kept.
 *
 * @param cached The response as it was kept.
 * @param body Its body.
 * @param now The time, in seconds since the Unix epoch.
 * @returns A new response.
 * @internal
 */
export function answerOf(cached: CachedResponse, body: Uint8Array<ArrayBuffer>, now: number): Response {
  const headers = new Headers(cached.headers.map(([name, value]) => [name, value]));
  if (cached.browser === undefined) headers.set("Age", String(Math.max(0, Math.floor(now - cached.made))));
  else headers.set("Expires", new Date((now + cached.browser) * 1000).toUTCString());
  return new Response(body, { headers });
}

/**
 * Whether the view of a page sends parts of it to who asks for them.
 *
 * @param cached The page.
 * @returns Whether it says so.
 * @internal
 */
export function sendsParts({ headers }: CachedResponse): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === "accept-ranges" && value.toLowerCase() !== "none");
}
