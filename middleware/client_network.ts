/**
 * Which addresses are one visitor.
 *
 * @module
 */

/**
 * The network that a visitor has for themselves: an IPv4 address is one, of IPv6 everybody is given 64 bits, and may change the rest with each request.
 *
 * @param address A canonical address, as {@linkcode Client} has it.
 * @returns The address, or its network as `2001:db8:0:7::/64`.
 * @internal
 */
export function clientNetwork(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return `${[...front, ...zeros, ...back].slice(0, 4).join(":")}::/64`;
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
