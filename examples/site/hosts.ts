/** Which names the shop answers to: those of where it listens, and no others. */

const THIS_MACHINE: readonly string[] = ["localhost", ".localhost", "127.0.0.1", "[::1]"];

/** The hosts, by the address to listen on. Whoever listens everywhere answers to each address of the machine. */
export function hostsAt(hostname: string): string[] {
  const isEverywhere = hostname === "0.0.0.0" || hostname === "::";
  const addresses = isEverywhere
    ? [...Deno.networkInterfaces().map(({ address }) => address), Deno.hostname()]
    : [hostname];
  return [...new Set([...THIS_MACHINE, ...addresses.map(written)])];
}

/** As it is written in an address. */
function written(address: string): string {
  const bare = address.replace(/%.*$/, "");
  return bare.includes(":") ? `[${bare}]` : bare.toLowerCase();
}
