/**
 * Which origins may send forms here.
 *
 * @module
 */

import type { Context } from "./context.ts";

/**
 * The origins a site was told to trust besides its own.
 *
 * @internal
 */
export class TrustedOrigins {
  readonly #exact: ReadonlySet<string>;
  /** `https://` and `.example.com` of `https://*.example.com`. */
  readonly #wild: readonly { readonly scheme: string; readonly suffix: string }[];
  /** What a `Referer` may name, whose scheme is checked elsewhere. */
  readonly #hosts: readonly string[];

  /**
   * @param origins Such as `https://example.com` or `https://*.example.com`.
   * @throws {TypeError} If one isn't written as browsers write origins, or names no scheme.
   */
  constructor(origins: readonly string[]) {
    if (!Array.isArray(origins)) {
      throw new TypeError(`Cannot trust origins as they must be a list: received ${Deno.inspect(origins)}`);
    }
    const parts = origins.map(parseEntry);
    this.#exact = new Set(parts.filter(({ host }) => !host.startsWith(".")).map(({ scheme, host }) => scheme + host));
    this.#wild = parts.filter(({ host }) => host.startsWith(".")).map(({ scheme, host }) => ({ scheme, suffix: host }));
    this.#hosts = parts.map(({ host }) => host);
  }

  /**
   * Whether an `Origin` header names a trusted origin.
   *
   * @param origin The header's value.
   * @returns Whether it does.
   */
  has(origin: string): boolean {
    if (this.#exact.has(origin)) return true;
    const [, scheme, host = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(.+)$/.exec(origin) ?? [];
    return this.#wild.some((each) => each.scheme === scheme && isWithin(host, each.suffix));
  }

  /**
   * Whether a host is that of a trusted origin, whatever the scheme, as Django reads the `Referer`.
   *
   * @param host The host, with its port.
   * @returns Whether it is.
   */
  hasHost(host: string): boolean {
    return this.#hosts.some((each) => isWithin(host, each));
  }
}

/**
 * The scheme and host this site goes by in an `Origin` header, as the request names them.
 *
 * @param request The request.
 * @param context Its context.
 * @returns Such as `https://example.com`.
 * @throws {HttpError} 400 if the request names no valid host.
 * @internal
 */
export function siteOrigin(request: Request, { client }: Context): string {
  const { origin, scheme } = client;
  // Browsers leave the scheme's own port off in both headers. A Host with it comes from something else, and like Django we take it as it is.
  const sent = client.proxied ? null : request.headers.get("Host");
  return sent === null ? origin : `${scheme}://${sent.toLowerCase()}`;
}

/**
 * Splits an address such as a `Referer` into scheme and host.
 *
 * @param address What a visitor sent.
 * @returns Scheme and host as they are, with user name and port; `undefined` if it isn't an absolute address with a host.
 * @internal
 */
export function splitAddress(address: string): { scheme: string; host: string } | undefined {
  const [, scheme, host] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]+)/.exec(address) ?? [];
  if (scheme === undefined || host === undefined || host.includes("[") !== host.includes("]")) return undefined;
  return { scheme: scheme.toLowerCase(), host };
}

/**
 * Whether a host is one named, or below it if that begins with a dot; `.example.com` is `example.com` too.
 *
 * @param host What a visitor sent, with its port.
 * @param pattern The host it should be.
 * @returns Whether it is.
 * @internal
 */
export function isWithin(host: string, pattern: string): boolean {
  if (!pattern.startsWith(".")) return host === pattern;
  // Nothing in it may end a host: a browser goes to evil.example for https://evil.example\.example.com, a comparison of endings doesn't see it.
  return HOST_REGEXP.test(host) && (host.endsWith(pattern) || host === pattern.slice(1));
}

const HOST_REGEXP = /^[A-Za-z0-9._-]+(?::[0-9]{1,5})?$/;

function parseEntry(entry: unknown): { scheme: string; host: string } {
  const [, scheme, star, host] = typeof entry === "string" ? ENTRY_REGEXP.exec(entry) ?? [] : [];
  const special = scheme === "https://" || scheme === "http://";
  // What a browser sends is lower case, without the scheme's own port and in ASCII; anything else would never match.
  const canonical = special ? URL.parse(scheme + host)?.origin : `${scheme}${host}`.toLowerCase();
  if (scheme === undefined || host === undefined || host.startsWith(".") || canonical === undefined) {
    throw new TypeError(
      `Cannot trust origin ${
        Deno.inspect(entry)
      } as it must be a scheme and a host: write "https://example.com" or "https://*.example.com"`,
    );
  }
  if (canonical !== scheme + host) {
    const written = canonical.replace("://", star ? "://*." : "://");
    throw new TypeError(`Cannot trust origin "${entry}" as browsers write it otherwise: write "${written}"`);
  }
  return { scheme, host: star ? `.${host}` : host };
}

const ENTRY_REGEXP =
  /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)(\*\.)?((?:[^/?#@*\s\\:[\]]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)$/;
