/**
 * Which of an application's sites was asked for.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import { extendWithValues } from "./extend_with_values.ts";
import type { Middleware } from "./handler.ts";
import { NotFound } from "./http_error.ts";
import type { Site, SiteSource } from "./site.ts";

/** Options of {@linkcode currentSite}. */
export interface CurrentSiteOptions {
  /** The one site there is, whatever host was asked for. (Django's `SITE_ID`.) */
  site?: Site;
  /** Where sites are found, by the host that was asked for. */
  source?: SiteSource;
  /**
   * For how long what the source said of a host is believed, in seconds; 0 asks each time. At most 1000 hosts are remembered.
   *
   * @default {60}
   */
  cacheSeconds?: number;
}

/** What {@linkcode currentSite} adds to the context. */
export interface HasSite {
  /**
   * Finds the site that was asked for. Nothing is looked up before it is asked for, and nothing twice.
   *
   * @returns The site.
   * @throws {HttpError} 404 if the source has none for the host, 400 if the request names no valid host.
   * @throws {Error} If the source can't be reached.
   */
  site(): Promise<Site>;
}

/**
 * Says which site was asked for: `await context.site()`. (Django's `CurrentSiteMiddleware`, which does it for each request, asked or not.)
 *
 * With `site`, always that one. With `source`, the one with the host that was asked for: with its port, or else without. With neither, a site made of the host, with the id 1 (Django's
 * `RequestSite`). The host is what the visitor says; {@linkcode allowedHosts} outside says which are believed.
 *
 * @param options The site, or where sites are found.
 * @returns The middleware.
 * @throws {TypeError} If there are both, or one is none.
 * @throws {RangeError} If `cacheSeconds` is no number from 0.
 *
 * @example
 * ```ts
 * import { currentSite, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const names: Record<string, string> = { "tea.example": "Tea", "cake.example": "Cake" };
 * const source = {
 *   find: (domain: string) => domain in names ? { id: domain, domain, name: names[domain]! } : undefined,
 * };
 * const app = pipeline()
 *   .use(currentSite({ source }))
 *   .handle(async (_request, context) => new Response((await context.site()).name));
 *
 * assertEquals(await (await app(new Request("https://cake.example/"))).text(), "Cake");
 * assertEquals((await app(new Request("https://evil.example/"))).status, 404);
 * ```
 */
export function currentSite(options: CurrentSiteOptions = {}): Middleware<unknown, HasSite> {
  const { site, source, cacheSeconds = 60 } = options;
  if (site !== undefined && source !== undefined) {
    throw new TypeError("Cannot create currentSite with both a site and a source: the site would always be the one");
  }
  if (site !== undefined && (typeof site.domain !== "string" || !["number", "string"].includes(typeof site.id))) {
    throw new TypeError(
      `Cannot create currentSite as site must have an id, a domain and a name: received ${Deno.inspect(site)}`,
    );
  }
  if (source !== undefined && typeof source.find !== "function") {
    throw new TypeError(`Cannot create currentSite as source must have find(domain): received ${Deno.inspect(source)}`);
  }
  if (!(cacheSeconds >= 0)) {
    throw new RangeError(`Cannot create currentSite as cacheSeconds must be a number from 0: received ${cacheSeconds}`);
  }
  const remembered = source === undefined ? undefined : new RememberedSites(source, cacheSeconds);

  async function find({ url }: Context): Promise<Site> {
    if (site !== undefined) return site;
    const { host, hostname } = url;
    if (remembered === undefined) return { id: 1, domain: host, name: host };
    const found = await remembered.find(host) ?? (host === hostname ? undefined : await remembered.find(hostname));
    if (found === undefined) throw new NotFound("There is no site at this address");
    return found;
  }

  return describeLayer((next) =>
    function currentSite(request, context) {
      let found: Promise<Site> | undefined;
      return next(request, extendWithValues(context, { site: () => found ??= find(context) }));
    }, { name: "currentSite" });
}

/** What the source said, for a while. Visitors name hosts, so there is an end to what is remembered. */
class RememberedSites {
  readonly #source: SiteSource;
  readonly #seconds: number;
  readonly #hosts = new Map<string, { readonly site: Site | undefined; readonly until: number }>();

  constructor(source: SiteSource, seconds: number) {
    this.#source = source;
    this.#seconds = seconds;
  }

  async find(host: string): Promise<Site | undefined> {
    const known = this.#hosts.get(host);
    if (known !== undefined && known.until > secondsNow()) return known.site;
    const site = await this.#source.find(host) ?? undefined;
    if (this.#seconds > 0) {
      this.#hosts.delete(host);
      this.#hosts.set(host, { site, until: secondsNow() + this.#seconds });
      if (this.#hosts.size > MOST_HOSTS) this.#hosts.delete(this.#hosts.keys().next().value!);
    }
    return site;
  }
}

const MOST_HOSTS = 1000;
