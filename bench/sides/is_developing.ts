/** What the sides by hand ask before a cookie without a prefix counts, which any subdomain may have set. */

/** Whether somebody is developing on this machine: asked over plain http, straight from here, for a name of this machine. */
export function isDeveloping({ headers, url }: Request, { remoteAddr }: Deno.ServeHandlerInfo): boolean {
  if (!("hostname" in remoteAddr) || remoteAddr.hostname !== "127.0.0.1" || !LOCAL_REGEXP.test(url)) return false;
  for (const name of PROXY_HEADERS) if (headers.has(name)) return false;
  return true;
}

const LOCAL_REGEXP = /^http:\/\/127\.0\.0\.1(?::\d+)?\//;
const PROXY_HEADERS = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via"];
