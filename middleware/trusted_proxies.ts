/**
 * Which proxies to believe, and what they say.
 *
 * @module
 */

import type { BlockList } from "node:net";
import { lazyNode } from "../cookies/lazy_node.ts";
import { canonicalAddress, peerAddress } from "./address.ts";
import { type Hops, readForwarded, readXForwarded } from "./forwarded.ts";

/** Which proxies stand before the application. */
export interface ProxyOptions {
  /**
   * The proxies' addresses, single (`10.0.0.7`, `::1`) or as CIDR (`10.0.0.0/8`, `fd00::/8`), or `"unix"` for a proxy that
   * connects through a Unix socket. Headers on a connection from anywhere else are ignored. With more than one hop, name the proxies and not a network
   * that visitors are in too: they would count as proxies.
   */
  trust: readonly string[];
  /**
   * How many proxies stand in a row at most. What lies further back in the header was written by somebody else.
   *
   * @default {1}
   */
  hops?: number;
  /**
   * Which headers the proxies write: the `X-Forwarded-For`, `-Proto` and `-Host` of most, or RFC 7239's `Forwarded`. Only these
   * are read, since a proxy passes the other kind on as the visitor wrote it. Each proxy must set or append all of its kind.
   *
   * @default {"x-forwarded"}
   */
  headers?: "x-forwarded" | "forwarded";
  /**
   * Whether the proxies set `X-Forwarded-Host`. Most pass on the `Host` they were asked for, and with it whatever `X-Forwarded-Host` a visitor made up: to believe that
   * puts another site's name into links and mails. `Forwarded` needs no such word, as a proxy writes its element whole. (Django's `USE_X_FORWARDED_HOST`.)
   *
   * @default {false}
   */
  host?: boolean;
}

/** What a trusted proxy says of the visitor. */
export interface Forwarding {
  /** The visitor's address. */
  readonly address?: string | undefined;
  /** The scheme the visitor used. */
  readonly scheme?: "http" | "https" | undefined;
  /** The host the visitor asked for; not checked. */
  readonly host?: string | undefined;
}

/**
 * Reads forwarding headers from trusted proxies.
 *
 * @internal
 */
export class TrustedProxies {
  /** What it was told. */
  readonly options: ProxyOptions;
  readonly #ranges = new (nodeNet().BlockList)();
  readonly #verdicts = new Map<string, boolean>();
  readonly #unix: boolean;
  readonly #hops: number;
  readonly #read: (headers: Headers, most: number) => Hops;

  /**
   * @param options Which proxies to believe.
   * @throws {TypeError} If an entry is no address or CIDR, or the list is empty.
   * @throws {RangeError} If `hops` is no whole number from 1.
   */
  constructor(options: ProxyOptions) {
    const { trust, hops = 1, headers = "x-forwarded", host = false } = options;
    if (!Array.isArray(trust) || trust.length === 0) {
      throw new TypeError('Cannot trust proxies as none is named: pass their addresses, such as trust: ["127.0.0.1"]');
    }
    if (!Number.isInteger(hops) || hops < 1) {
      throw new RangeError(`Cannot trust proxies as hops must be a whole number from 1: received ${hops}`);
    }
    if (headers !== "x-forwarded" && headers !== "forwarded") {
      throw new TypeError(
        `Cannot trust proxies as headers must be "x-forwarded" or "forwarded": received "${headers}"`,
      );
    }
    this.options = options;
    this.#unix = trust.includes("unix");
    for (const entry of trust) if (entry !== "unix") addRange(this.#ranges, entry);
    this.#hops = hops;
    if (typeof host !== "boolean") {
      throw new TypeError(`Cannot trust proxies as host must be true or false: received ${typeof host}`);
    }
    this.#read = headers === "forwarded" ? readForwarded : (headers) => readXForwarded(headers, host);
  }

  /**
   * What the proxies say of a request.
   *
   * @param request The request.
   * @param peer Where its connection comes from.
   * @returns What they say; `undefined` if the connection doesn't come from a trusted proxy.
   */
  forwarding(request: Request, peer: Deno.Addr): Forwarding | undefined {
    if (!this.#trusts(peer)) return undefined;
    const hops = this.#read(request.headers, this.#hops);
    const { addresses } = hops;
    let depth = 1;
    // With one proxy nobody needs to read who stands before it: most requests are never asked for the address.
    if (this.#hops > 1) {
      let address = readAddress(addresses.at(-1));
      while (depth < this.#hops && address !== undefined && this.#contains(address)) {
        address = readAddress(addresses.at(-depth - 1));
        if (address === undefined) break;
        depth++;
      }
    }
    return new ForwardedBy(hops, depth);
  }

  #trusts(peer: Deno.Addr): boolean {
    if ("hostname" in peer) return this.#knows(peerAddress(peer));
    return this.#unix && (peer.transport === "unix" || peer.transport === "unixpacket");
  }

  /** Connections come from the same few proxies all day, and looking through ranges is dear. */
  #knows(address: string): boolean {
    let isTrusted = this.#verdicts.get(address);
    if (isTrusted === undefined) {
      if (this.#verdicts.size >= MOST_VERDICTS) this.#verdicts.clear();
      this.#verdicts.set(address, isTrusted = this.#contains(address));
    }
    return isTrusted;
  }

  #contains(address: string): boolean {
    const version = nodeNet().isIP(address);
    return version !== 0 && this.#ranges.check(address, version === 6 ? "ipv6" : "ipv4");
  }
}

const nodeNet = lazyNode("node:net");
const MOST_VERDICTS = 1000;

/** What the proxy at a certain depth has written. */
class ForwardedBy implements Forwarding {
  readonly scheme: "http" | "https" | undefined;
  readonly host: string | undefined;
  readonly #addresses: Hops["addresses"];
  readonly #depth: number;

  constructor({ addresses, schemes, hosts }: Hops, depth: number) {
    this.#addresses = addresses;
    this.#depth = depth;
    this.scheme = SCHEMES.get(pick(schemes, depth)?.toLowerCase() ?? "");
    this.host = pick(hosts, depth) || undefined;
  }

  get address(): string | undefined {
    return readAddress(this.#addresses.at(-this.#depth));
  }
}

/** Some proxies name the scheme of a WebSocket's request so. */
const SCHEMES: ReadonlyMap<string, "http" | "https"> = new Map([
  ["http", "http"],
  ["https", "https"],
  ["ws", "http"],
  ["wss", "https"],
]);

/** The value the proxy at this depth wrote; a header with fewer values was set by a proxy that doesn't append. */
function pick(values: readonly (string | undefined)[], depth: number): string | undefined {
  return values.at(-Math.min(depth, values.length));
}

/** Strips brackets and port; `undefined` for what is no address (`unknown`, `_hidden`, garbage). */
function readAddress(value: string | undefined): string | undefined {
  if (value === undefined || value.length > LONGEST_ADDRESS) return undefined;
  return canonicalAddress(/^\[([^\]]+)\](?::\d+)?$/.exec(value)?.[1] ?? value.replace(/^([\d.]+):\d+$/, "$1"));
}

const LONGEST_ADDRESS = 64;

function addRange(ranges: BlockList, entry: string): void {
  const [address = "", bits, ...rest] = String(entry).split("/");
  const version = address.includes("%") ? 0 : nodeNet().isIP(address);
  const most = version === 6 ? 128 : 32;
  const valid = version !== 0 && rest.length === 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits) && Number(bits) <= most);
  if (!valid) {
    throw new TypeError(
      `Cannot trust proxy "${entry}" as it is neither an address nor a CIDR range: write 10.0.0.7 or 10.0.0.0/8`,
    );
  }
  ranges.addSubnet(address, bits === undefined ? most : Number(bits), version === 6 ? "ipv6" : "ipv4");
}
