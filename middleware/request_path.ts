/**
 * The path of a request, and its host, without parsing its whole address.
 *
 * @module
 */

import type { Forwarding } from "./trusted_proxies.ts";

/**
 * Cuts the path out of a request's address as it is written there, if parsing the address would find no fault with the host. Where it
 * {@linkcode isPlainPath}, or is a path that has come out of a parser before, it is the path of the parsed address.
 *
 * See docs/decisions/0035-how-a-path-finds-its-view.md.
 *
 * @param request The request.
 * @param forwarding What a trusted proxy says; `undefined` if there is none.
 * @returns The path; `undefined` for an address that has to be parsed.
 * @internal
 */
export function writtenPath(request: Request, forwarding: Forwarding | undefined): string | undefined {
  const { url } = request;
  const start = pathStart(url, request, forwarding);
  if (start === undefined) return undefined;
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

/**
 * Cuts the host's name out of a request's address, or takes a trusted proxy's word, if parsing the address would find no fault with it and leave it as it is.
 *
 * @param request The request.
 * @param forwarding What a trusted proxy says; `undefined` if there is none.
 * @returns The name, without a port; `undefined` for an address that has to be parsed.
 * @internal
 */
export function writtenHostname(request: Request, forwarding: Forwarding | undefined): string | undefined {
  const { url } = request;
  const forwarded = forwarding?.host;
  const end = pathStart(url, request, forwarding);
  if (end === undefined || forwarded === "") return undefined;
  const host = forwarded ?? url.slice(url.indexOf("/") + 2, end);
  const colon = host.indexOf(":");
  return colon === -1 ? host : host.slice(0, colon);
}

/**
 * Whether a path stays as it is when it is parsed as that of an address: it has no character that would be encoded or end it, and no segment of dots.
 *
 * @param path The path.
 * @returns Whether it does.
 * @internal
 */
export function isPlainPath(path: string): boolean {
  return PLAIN_PATH_REGEXP.test(path);
}

/** Where the path begins in an address whose host is plain, and so is every other word on it; `undefined` if one isn't. */
function pathStart(url: string, { headers }: Request, forwarding: Forwarding | undefined): number | undefined {
  ORIGIN_REGEXP.lastIndex = 0;
  if (!ORIGIN_REGEXP.test(url)) return undefined;
  const start = ORIGIN_REGEXP.lastIndex;
  // Deno puts the host before the path as it came, so that "Host: a/b" would be host a with a longer path.
  return isPlainHost(headers.get("host")) && isPlainHost(forwarding?.host) ? start : undefined;
}

function isPlainHost(host: string | null | undefined): boolean {
  return host === null || host === undefined || host === "" || HOST_REGEXP.test(host);
}

// Names whose last part begins with a letter, as others may be read as numbers; "xn--" has to be decoded. Ports from 60000 on are left to the parser.
const HOST = String.raw`(?:127\.0\.0\.1|(?:(?!xn--)[a-z\d-]+\.)*(?!xn--)[a-z][a-z\d-]*)(?::[1-5]?\d{1,4})?`;
const HOST_REGEXP = new RegExp(`^${HOST}$`);
// Sticky, since it then says where it ended without making an array for it.
const ORIGIN_REGEXP = new RegExp(String.raw`https?:\/\/${HOST}(?=\/)`, "y");
// The parser takes segments of dots out, encoded or not.
const PLAIN_PATH_REGEXP = /^(?:\/(?!(?:\.|%2[Ee]){1,2}(?:\/|$))[\w!$%&'()*+,.:;=@~-]*)+$/;
