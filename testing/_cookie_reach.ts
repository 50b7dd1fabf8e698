/**
 * Whether a path is one that a cookie is sent to: RFC 6265 §5.1.4.
 *
 * @param path The request's path.
 * @param cookiePath The cookie's.
 * @returns Whether it is.
 */
export function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

/**
 * Whether a host is one that a domain's cookies are sent to: RFC 6265 §5.1.3.
 *
 * @param host The request's host.
 * @param domain The cookie's domain.
 * @returns Whether it is.
 */
export function domainMatches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`) && !isAddress(host);
}

/**
 * The site of an address: scheme and the last two labels of the host. Browsers ask the list of public suffixes, tests need none.
 *
 * @param url The address.
 * @returns Its site.
 */
export function siteOf({ protocol, hostname }: URL): string {
  return protocol + (isAddress(hostname) ? hostname : hostname.split(".").slice(-2).join("."));
}

/**
 * Whether an address is on this machine.
 *
 * @param url The address.
 * @returns Whether it is.
 */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^127\.|^\[::1\]$/.test(hostname);
}

function isAddress(host: string): boolean {
  return /^[\d.]+$|^\[/.test(host);
}
