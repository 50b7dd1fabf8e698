/**
 * Links that lead nowhere, told to whoever can mend them.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import { flag, patterns } from "./check_option.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";

/** A link that leads nowhere. */
export interface BrokenLink {
  /** Whether the page with the link is this site's own. */
  readonly internal: boolean;
  /** The host that was asked for, as {@linkcode Client} says. */
  readonly host: string;
  /** The page with the link, as the browser names it: anybody can write anything there. */
  readonly referer: string;
  /** Path and query that were asked for, percent-encoded. */
  readonly url: string;
  /** The browser; "" if it doesn't say. */
  readonly userAgent: string;
  /** The visitor's address. */
  readonly address: string;
}

/** Options of {@linkcode brokenLinks}. */
export interface BrokenLinksOptions {
  /**
   * Is told of each broken link: sends a mail, writes a line. The visitor's answer doesn't wait for it; if it fails, that is the event `exception`.
   */
  report: (link: BrokenLink, context: Context) => Awaitable<void>;
  /**
   * Paths, with their query, that nobody needs to know of: `[/\.php$/, /^\/favicon\.ico$/]`. (Django's `IGNORABLE_404_URLS`.)
   *
   * @default {[]}
   */
  ignore?: readonly RegExp[];
  /**
   * Whether the site appends slashes (`common({ appendSlash })`): somebody who was sent from `/x` to `/x/`, and found nothing there, followed no link.
   *
   * @default {true}
   */
  appendSlash?: boolean;
}

/**
 * Reports links that lead nowhere: requests that end in a 404 and name the page they came from. (Django's `BrokenLinkEmailsMiddleware`.) Not with `debug: true`.
 *
 * Not reported is what is most likely no link: no `Referer`; one that is the address itself; one on another site with a query, as search engines have; what `ignore` names. Strangers can
 * invent links by the thousand: whoever sends mails should send few at a time.
 *
 * @param options Whom to tell, and what not.
 * @returns The middleware.
 * @throws {TypeError} If `report` is no function, or another option can't be used.
 *
 * @example
 * ```ts
 * import { type BrokenLink, brokenLinkMail, brokenLinks, NotFound, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const found: BrokenLink[] = [];
 * const app = pipeline().use(brokenLinks({ report: (link) => void found.push(link) })).handle(() => {
 *   throw new NotFound();
 * });
 * const headers = { Referer: "https://example.com/books/" };
 * await app(new Request("https://example.com/emma/", { headers }));
 *
 * assertEquals(brokenLinkMail(found[0]!).subject, "Broken INTERNAL link on example.com");
 * ```
 */
export function brokenLinks(options: BrokenLinksOptions): Middleware {
  const { report, appendSlash = true, ignore = [] } = options ?? {};
  if (typeof report !== "function") {
    throw new TypeError(`Cannot create brokenLinks as report must be a function: received ${Deno.inspect(report)}`);
  }
  flag("brokenLinks", "appendSlash", appendSlash);
  const ignored = patterns("brokenLinks", "ignore", ignore);

  return describeLayer((next) =>
    function brokenLinks(request, context) {
      return chain(next(request, context), (response) => {
        if (response.status === 404 && !context.app.debug) tell(request, context);
        return response;
      });
    }, { name: "brokenLinks" });

  function tell(request: Request, context: Context): void {
    const link = linkOf(request, context);
    if (link === undefined || isNoLink(link, appendSlash) || ignored.some((pattern) => pattern.test(link.url))) return;
    const fail = (error: unknown) =>
      context.emit({ name: "exception", message: "Unexpected exception in the report of brokenLinks()", error });
    try {
      const told: unknown = report(link, context);
      if (told instanceof Promise) told.catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}

/**
 * Words a broken link as a mail, in Django's words.
 *
 * @param link The link.
 * @returns Subject and text. Neither has a line more than it should, whatever the visitor sent.
 *
 * @example
 * ```ts
 * import { brokenLinkMail } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const link = { internal: false, host: "example.com", referer: "https://news.example/", url: "/emma/", userAgent: "Mozilla/5.0", address: "192.0.2.7" };
 *
 * assertEquals(brokenLinkMail(link).subject, "Broken link on example.com");
 * ```
 */
export function brokenLinkMail(link: BrokenLink): { readonly subject: string; readonly text: string } {
  const { internal, host, referer, url, userAgent, address } = link;
  return {
    subject: oneLine(`Broken ${internal ? "INTERNAL " : ""}link on ${host}`),
    text: [
      `Referrer: ${referer}`,
      `Requested URL: ${url}`,
      `User agent: ${userAgent}`,
      `IP address: ${address}`,
    ].map((line) => `${oneLine(line)}\n`).join(""),
  };
}

function linkOf(request: Request, context: Context): BrokenLink | undefined {
  const referer = request.headers.get("Referer") ?? "";
  if (referer === "") return undefined;
  const { host, pathname, search } = context.url;
  return {
    internal: siteOf(referer).host === host,
    host,
    referer,
    url: pathname + search,
    userAgent: request.headers.get("User-Agent") ?? "",
    address: context.client.address,
  };
}

function isNoLink({ internal, host, referer, url }: BrokenLink, appendSlash: boolean): boolean {
  if (!internal && referer.includes("?")) return true;
  const page = siteOf(referer);
  if (page.host !== "" && page.host !== host) return false;
  // A browser names no page as its own referrer; a program that puts the address itself there does.
  return page.path === url || page.path + page.query === url || appendSlash && `${page.path}/` === url.split("?", 1)[0];
}

/** The parts of a `Referer`, which may be anything; without a scheme it is a path. */
function siteOf(referer: string): { host: string; path: string; query: string } {
  const url = /^https?:\/\//i.test(referer) ? URL.parse(referer) : null;
  if (url !== null) return { host: url.host, path: url.pathname, query: url.search };
  const [, path = "", query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(referer) ?? [];
  return { host: "", path, query };
}

function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- that is what must not be in a line
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, " ");
}
