import { isLoopback, siteOf } from "./_cookie_reach.ts";

/** A request, as far as its headers care. */
export interface Departure {
  /** Its method. */
  readonly method: string;
  /** Where it goes. */
  readonly url: URL;
  /** Where it went before it was redirected, the first one first. */
  readonly via: readonly URL[];
  /** The page that starts it; `undefined` for the address bar. */
  readonly from: URL | undefined;
  /** Whether it loads a page into a tab. */
  readonly navigation: boolean;
}

/**
 * The headers by which a browser says what it wants and where a request comes from: Fetch standard §3.2 (`Origin`), Fetch Metadata Request Headers §2,
 * Referrer Policy §3.8 (`strict-origin-when-cross-origin`, which browsers take by default).
 *
 * @param departure The request.
 * @param metadata Whether `Sec-Fetch-*` is sent.
 * @returns Names and values.
 */
export function browserHeaders(departure: Departure, metadata: boolean): [string, string][] {
  const { method, url, from, navigation } = departure;
  const headers: [string, string][] = [["Accept", navigation ? PAGE : "*/*"]];
  const isForeign = from !== undefined && [url, ...departure.via].some(({ origin }) => origin !== from.origin);
  if (!/^(?:GET|HEAD)$/.test(method) || isForeign && !navigation) headers.push(["Origin", originOf(departure)]);
  const referrer = referrerOf(departure);
  if (referrer !== undefined) headers.push(["Referer", referrer]);
  // Only where it can't be changed on the way.
  if (!metadata || url.protocol !== "https:" && !isLoopback(url)) return headers;
  headers.push(
    ["Sec-Fetch-Site", siteBetween(departure)],
    ["Sec-Fetch-Mode", navigation ? "navigate" : "cors"],
    ["Sec-Fetch-Dest", navigation ? "document" : "empty"],
  );
  if (navigation) headers.push(["Sec-Fetch-User", "?1"]);
  return headers;
}

const PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** Chromium takes the name of what is sent on to another origin, also where the standard would leave it. */
function originOf({ from, url, via }: Departure): string {
  const hops = [...via, url];
  const isSentElsewhere = hops.some((hop, index) => index > 0 && hop.origin !== hops[index - 1]!.origin);
  return from === undefined || isSentElsewhere ? "null" : from.origin;
}

/** What was shortened on the way to another origin stays short. */
function referrerOf({ from, url, via }: Departure): string | undefined {
  const hops = [...via, url];
  if (from === undefined || from.protocol === "https:" && hops.some(({ protocol }) => protocol !== "https:")) {
    return undefined;
  }
  const isSameOrigin = hops.every(({ origin }) => origin === from.origin);
  return isSameOrigin ? `${from.origin}${from.pathname}${from.search}` : `${from.origin}/`;
}

/** The farthest of all that it went by. */
function siteBetween({ from, url, via }: Departure): string {
  if (from === undefined) return "none";
  const urls = [...via, url];
  if (urls.every(({ origin }) => origin === from.origin)) return "same-origin";
  return urls.every((each) => siteOf(each) === siteOf(from)) ? "same-site" : "cross-site";
}
