import { domainMatches } from "./_cookie_reach.ts";
import type { KeptCookie } from "./browser_cookies.ts";

/** A `Set-Cookie` line that was read. */
export interface ReceivedCookie {
  /** The cookie; `undefined` if its domain is another site's. */
  readonly cookie: KeptCookie | undefined;
  /** Its attributes by their names in lower case. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Reads a `Set-Cookie` line as RFC 6265bis §5.6 says. It parses for itself, so that a mistake of the library's own codec shows.
 *
 * @param line The line.
 * @param url Where it came from.
 * @returns The cookie, or a sentence that says why it is none.
 */
export function readSetCookie(line: string, url: URL): ReceivedCookie | string {
  // deno-lint-ignore no-control-regex -- these are what browsers refuse
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return "it has control characters";
  const [pair = "", ...rest] = line.split(";");
  const [name, value] = splitPair(pair);
  if (name === "" && value === "") return "it is empty";
  if (name.length + value.length > 4096) return "it is larger than 4096 bytes";
  const attributes = readAttributes(rest);
  return { cookie: makeCookie(name, value, attributes, url), attributes };
}

const MAX_AGE = 400 * 86_400;

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? ["", trim(text)] : [trim(text.slice(0, at)), trim(text.slice(at + 1))];
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** The last of several counts; one whose value is too long doesn't. */
function readAttributes(parts: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of parts) {
    const [name, value] = part.includes("=") ? splitPair(part) : [trim(part), ""];
    if (value.length <= 1024) attributes.set(name.toLowerCase(), value);
  }
  return attributes;
}

function makeCookie(
  name: string,
  value: string,
  attributes: ReadonlyMap<string, string>,
  url: URL,
): KeptCookie | undefined {
  const wanted = attributes.get("domain")?.replace(/^\./, "").toLowerCase() ?? "";
  // A name without a dot is a top-level domain, which nobody may set cookies for but the host of that very name.
  const domain = wanted === url.hostname && !wanted.includes(".") ? "" : wanted;
  if (domain !== "" && (!domain.includes(".") || !domainMatches(url.hostname, domain))) return undefined;
  const path = attributes.get("path") ?? "";
  const sameSite = attributes.get("samesite")?.toLowerCase();
  return {
    name,
    value,
    domain: domain || url.hostname,
    hostOnly: domain === "",
    path: path.startsWith("/") ? path : defaultPath(url.pathname),
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: sameSite === "none" || sameSite === "strict" ? sameSite : "lax",
    expires: expiry(attributes),
  };
}

function expiry(attributes: ReadonlyMap<string, string>): number | undefined {
  const maxAge = attributes.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Date.now() + Math.min(Number(maxAge), MAX_AGE) * 1000;
  const date = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(date) ? undefined : Math.min(date, Date.now() + MAX_AGE * 1000);
}

function defaultPath(path: string): string {
  return path.lastIndexOf("/") <= 0 ? "/" : path.slice(0, path.lastIndexOf("/"));
}
