/**
 * Who asks, and how: the visitor's address, and the scheme and host they used.
 *
 * @module
 */

import { isLoopbackAddress, peerAddress } from "./address.ts";
import { HttpError } from "./http_error.ts";
import { writtenHostname, writtenPath } from "./request_path.ts";
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
  #loopback: boolean | undefined;

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
    return this.#forwarding?.scheme ?? (HTTPS_REGEXP.test(this.#request.url) ? "https" : "http");
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
    return this.#loopback ??= this.#forwarding === undefined && this.#isLoopback();
  }

  #isLoopback(): boolean {
    // What is cheap, and what tells most requests apart, comes first.
    const { headers, url } = this.#request;
    if (!isLoopbackAddress(peerAddress(this.#peer))) return false;
    if (!LOOPBACK_URL_REGEXP.test(url) && (HTTPS_REGEXP.test(url) || !isLoopbackHost(this.url.hostname))) return false;
    for (const name of PROXY_HEADERS) if (headers.has(name)) return false;
    return true;
  }

  /** Whether the connection comes from a trusted proxy. */
  get proxied(): boolean {
    return this.#forwarding !== undefined;
  }

  /** The address the visitor asked for, parsed once. */
  get url(): URL {
    return this.#url ??= parseUrl(this.#request, this.#forwarding);
  }

  /** The path of that address as it is written, where the host is known to be valid without parsing the address. */
  get writtenPath(): string | undefined {
    return writtenPath(this.#request, this.#forwarding);
  }

  /** The name of its host, where that is known to be valid without parsing the address. */
  get writtenHostname(): string | undefined {
    return writtenHostname(this.#request, this.#forwarding);
  }
}

/** A proxy on this machine that nobody told the pipeline about isn't somebody developing. */
const PROXY_HEADERS = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via"];

/** The addresses that most developers use; the others take the parser. */
const LOOPBACK_URL_REGEXP = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?\//;

const HOST_REGEXP = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i;

function parseUrl(request: Request, forwarding: Forwarding | undefined): URL {
  // Deno puts scheme, host and path together as they came: "Host: a/b" would be host a with a longer path.
  const named = request.headers.get("Host");
  if (named !== null && named !== "" && !HOST_REGEXP.test(named)) throw invalidHost();
  // On a Unix socket the address begins with "http+unix:".
  const text = request.url.replace(SOCKET_REGEXP, "$1:");
  const url = URL.parse(text);
  if (url === null || !WEB_REGEXP.test(url.protocol)) throw invalidHost();
  const host = forwarding?.host ?? authorityOf(text);
  if (!HOST_REGEXP.test(host)) throw invalidHost();
  if (forwarding === undefined) return url;
  const { scheme = url.protocol.slice(0, -1) } = forwarding;
  const asked = URL.parse(`${scheme}://${host}${url.pathname}${url.search}`);
  if (asked === null) throw invalidHost();
  return asked;
}

const WEB_REGEXP = /^https?:$/;
const HTTPS_REGEXP = /^https[:+]/i;
const SOCKET_REGEXP = /^(https?)\+[a-z]+:/;

function authorityOf(url: string): string {
  const start = url.indexOf("//") + 2;
  const length = url.slice(start).search(/[/?#\\]/);
  return length < 0 ? url.slice(start) : url.slice(start, start + length);
}

function invalidHost(): HttpError {
  return new HttpError(400, "The request names no valid host");
}

function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || isLoopbackAddress(hostname);
}
