/**
 * Who asks, and how: the visitor's address, and the scheme and host they used.
 *
 * @module
 */

import { HttpError } from "./http_error.ts";
import type { Forwarding } from "./trusted_proxies.ts";

/**
 * The visitor, as far as it can be known. It is taken from the connection; from forwarding headers only when the
 * connection comes from a proxy the pipeline was told to trust. Everything that depends on address, scheme or host
 * (Secure cookies, HSTS, CSRF, rate limits) asks here.
 */
export interface Client {
  /** The visitor's IP address, in canonical form (IPv4 never mapped into IPv6); "" where there is none (a Unix socket). */
  readonly address: string;
  /** The scheme the visitor used. */
  readonly scheme: "http" | "https";
  /** Whether the visitor's connection is encrypted: `scheme` is `https`. */
  readonly secure: boolean;
  /**
   * The host the visitor asked for, lower case, with the port if it isn't the scheme's own: `example.com:8000`. Never trust it
   * for links in mails before `allowedHosts()` has checked it.
   *
   * @throws {HttpError} 400 if the request names no valid host.
   */
  readonly host: string;
  /**
   * Scheme and host: `https://example.com`.
   *
   * @throws {HttpError} 400 if the request names no valid host.
   */
  readonly origin: string;
  /**
   * Whether this is somebody developing: plain http, straight from this machine, to a loopback name. Only then are cookie
   * prefixes and `Secure` left off, since Safari refuses them there.
   */
  readonly loopback: boolean;
  /**
   * Whether the connection comes from a proxy the pipeline was told to trust. Only then is a header that proxies write (a request id, a user's name)
   * more than the visitor's own words.
   */
  readonly proxied: boolean;
}

/**
 * The client of a request.
 *
 * @internal
 */
export class RequestClient implements Client {
  readonly #request: Request;
  readonly #peer: Deno.Addr;
  readonly #forwarding: Forwarding | undefined;
  #url: URL | undefined;

  /**
   * @param request The request.
   * @param peer Where the connection comes from.
   * @param forwarding What a trusted proxy says; `undefined` if there is none.
   */
  constructor(request: Request, peer: Deno.Addr, forwarding: Forwarding | undefined) {
    this.#request = request;
    this.#peer = peer;
    this.#forwarding = forwarding;
  }

  /** The visitor's address. */
  get address(): string {
    return this.#forwarding?.address ?? peerAddress(this.#peer);
  }

  /** The scheme the visitor used. */
  get scheme(): "http" | "https" {
    return this.#forwarding?.scheme ?? (this.#request.url.startsWith("https:") ? "https" : "http");
  }

  /** Whether the visitor's connection is encrypted. */
  get secure(): boolean {
    return this.scheme === "https";
  }

  /** The host the visitor asked for. */
  get host(): string {
    return this.url.host;
  }

  /** Scheme and host. */
  get origin(): string {
    return this.url.origin;
  }

  /** Whether this is somebody developing on this machine. */
  get loopback(): boolean {
    if (this.#forwarding !== undefined || this.scheme === "https") return false;
    const { headers } = this.#request;
    if (headers.has("Forwarded") || headers.has("X-Forwarded-For") || headers.has("X-Forwarded-Proto")) return false;
    return isLoopbackAddress(peerAddress(this.#peer)) && isLoopbackHost(this.url.hostname);
  }

  /** Whether the connection comes from a trusted proxy. */
  get proxied(): boolean {
    return this.#forwarding !== undefined;
  }

  /** The address the visitor asked for, parsed once. */
  get url(): URL {
    return this.#url ??= parseUrl(this.#request.url, this.#forwarding);
  }
}

/**
 * Reads the address out of a peer, IPv4 never mapped into IPv6.
 *
 * @param peer Where a connection comes from.
 * @returns The address; "" if it has none.
 * @internal
 */
export function peerAddress(peer: Deno.Addr): string {
  if (!("hostname" in peer)) return "";
  return peer.hostname.startsWith("::ffff:") && peer.hostname.includes(".") ? peer.hostname.slice(7) : peer.hostname;
}

const HOST_REGEXP = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i;

function parseUrl(text: string, forwarding: Forwarding | undefined): URL {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") throw invalidHost();
  const start = text.indexOf("//") + 2;
  const end = text.slice(start).search(/[/?#]/);
  const host = forwarding?.host ?? (end < 0 ? text.slice(start) : text.slice(start, start + end));
  if (!HOST_REGEXP.test(host)) throw invalidHost();
  if (forwarding === undefined) return url;
  return URL.parse(`${forwarding.scheme ?? url.protocol.slice(0, -1)}://${host}${url.pathname}${url.search}`) ??
    fail();
}

function fail(): never {
  throw invalidHost();
}

function invalidHost(): HttpError {
  return new HttpError(400, "The request names no valid host");
}

function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || isLoopbackAddress(hostname);
}

function isLoopbackAddress(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address === "[::1]";
}
