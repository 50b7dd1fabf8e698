/**
 * IP addresses in one form.
 *
 * @module
 */

/**
 * Puts an address into its canonical form: IPv6 short and in lower case, IPv4 never mapped into it. Two texts for one address must
 * not count as two visitors, nor get past a list.
 *
 * @param text The address.
 * @returns The canonical address; `undefined` for what is none, or is bound to a network interface (`fe80::1%eth0`).
 * @internal
 */
export function canonicalAddress(text: string): string | undefined {
  if (IPV4_REGEXP.test(text)) return text;
  // Nothing that would end the address for the parser of URLs, which is as strict as the system's within it.
  if (!IPV6_CHARACTERS_REGEXP.test(text)) return undefined;
  const canonical = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  const mapped = canonical === undefined ? null : MAPPED_REGEXP.exec(canonical);
  if (mapped === null) return canonical;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

// Four numbers without leading zeros, which some read as octal.
const IPV4_REGEXP = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6_CHARACTERS_REGEXP = /^[\da-f:.]+$/i;
const MAPPED_REGEXP = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/;

/**
 * Reads the address out of a peer.
 *
 * @param peer Where a connection comes from.
 * @returns The canonical address; "" if it has none.
 * @internal
 */
export function peerAddress(peer: Deno.Addr): string {
  if (!("hostname" in peer)) return "";
  const { hostname } = peer;
  // Dotted IPv4 is canonical, and so is what the system prints of IPv6 unless IPv4 is mapped into it.
  return hostname.startsWith("::ffff:") ? canonicalAddress(hostname) ?? hostname : hostname;
}

/**
 * Whether an address is this machine's own.
 *
 * @param address A canonical address, or the `hostname` of a URL.
 * @returns Whether it is.
 * @internal
 */
export function isLoopbackAddress(address: string): boolean {
  return address === "127.0.0.1" || LOOPBACK_REGEXP.test(address) || address === "::1" || address === "[::1]";
}

const LOOPBACK_REGEXP = /^127(?:\.\d{1,3}){3}$/;
