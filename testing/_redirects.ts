import type { BrowserVisit } from "./test_browser_options.ts";

/** What a browser does at most, by the Fetch standard §4.4. */
export const MOST_REDIRECTS = 20;

/**
 * Where a response sends its visitor.
 *
 * @param response The response.
 * @param url Where it came from.
 * @returns The address; `undefined` if it is no redirect.
 */
export function targetOf({ status, headers }: Response, url: URL): URL | undefined {
  const location = /^30[12378]$/.test(String(status)) ? headers.get("Location") : null;
  if (location === null) return undefined;
  const target = new URL(location, url);
  if (target.hash === "") target.hash = url.hash;
  return target;
}

/**
 * What is sent after a redirect: Fetch standard §4.4, steps 12 and 13.
 *
 * @param visit What was sent.
 * @param status The redirect's status.
 * @returns What is sent on.
 */
export function afterRedirect(visit: BrowserVisit, status: number): BrowserVisit {
  const method = visit.method?.toUpperCase() ?? "GET";
  const becomesGet = status === 303 ? method !== "HEAD" : status <= 302 && method === "POST";
  if (!becomesGet) return visit;
  const { body: _body, method: _method, ...others } = visit;
  const headers = new Headers(visit.headers);
  for (const name of ["Content-Type", "Content-Length", "Content-Encoding"]) headers.delete(name);
  return { ...others, headers };
}
