/**
 * One request's dealings with the site cache.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import { type Awaitable, chain } from "./awaitable.ts";
import type { Flight } from "./cache_flights.ts";
import { tellOfFailure } from "./cache_failure.ts";
import { addressOf, type CacheAddress, keyWith } from "./cache_key.ts";
import type { CacheLifetimes } from "./cache_policy.ts";
import type { CacheRead } from "./cache_store.ts";
import { answerOf, type CachedResponse, type CachedValue, decodeCached, sendsParts } from "./cached_response.ts";
import type { Context } from "./context.ts";
import { checkTag, type SiteCache } from "./site_cache.ts";

/** What {@linkcode updateCache} and {@linkcode cacheFor} add to the context. */
export interface HasSiteCache {
  /**
   * Says what the page shows, for {@linkcode SiteCache.invalidate}. Nothing happens if the page isn't kept.
   *
   * @param tags The tags, texts of 1 to 200 characters: `"books"`, `"book:7"`. A page has at most 50.
   * @throws {TypeError} If one is no such text.
   * @throws {RangeError} If they are too many.
   */
  cacheTag(...tags: string[]): void;
}

/** What is known when a page wasn't there: where it goes, and who waits for it. */
export interface CacheSlot {
  /** The first part of its key. */
  readonly address: CacheAddress;
  /** The headers that pages of this address were seen to depend on. */
  readonly known: readonly string[];
  /** Which invalidations were known when the making of it began. */
  readonly asOf: string;
  /** Who waits; nobody if `undefined`. */
  readonly flight: Flight | undefined;
}

const VISIT: unique symbol = Symbol("cacheVisit");

/** What the layer keeps on the context. */
export interface HasCacheVisit extends HasSiteCache {
  /** The dealings. */
  readonly [VISIT]: CacheVisit;
}

/**
 * The dealings.
 *
 * @internal
 */
export class CacheVisit {
  /** The cache. */
  readonly cache: SiteCache;
  /** For how long its pages are kept. */
  readonly lifetimes: CacheLifetimes;
  /** For how long browsers keep them, where that is another time. */
  readonly browserSeconds: number | undefined;
  /** What the page shows. */
  readonly tags: Set<string> = new Set();
  /** Where the page goes when it is made. */
  slot: CacheSlot | undefined;
  /** Set when what was shown is stale: where the next page goes. */
  stale: CacheSlot | undefined;
  /** Whether somebody looks at the page's body, to keep it. */
  keeps = false;
  /** For how long a cache further in keeps the page, in seconds. */
  inner: number | undefined;
  readonly #outer: CacheVisit | undefined;
  readonly #depth: number;

  /**
   * @param cache The cache.
   * @param lifetimes For how long its pages are kept.
   * @param browserSeconds For how long browsers keep them, where that is another time.
   * @param outer The dealings of the layer outside.
   */
  constructor(
    cache: SiteCache,
    lifetimes: CacheLifetimes,
    browserSeconds: number | undefined,
    outer: CacheVisit | undefined,
  ) {
    this.cache = cache;
    this.lifetimes = lifetimes;
    this.browserSeconds = browserSeconds;
    this.#outer = outer;
    this.#depth = outer === undefined ? 0 : outer.#depth + 1;
  }

  /**
   * What to put on the context.
   *
   * @returns The dealings, and what views see of them.
   */
  onContext(): HasCacheVisit {
    return { [VISIT]: this, cacheTag: (...tags: string[]) => this.#checkAndAdd(tags) };
  }

  /**
   * Says what the page shows, here and to the layers outside, which keep it too.
   *
   * @param tags The tags.
   */
  addTags(tags: readonly string[]): void {
    for (const tag of tags) this.tags.add(tag);
    this.#outer?.addTags(tags);
  }

  /**
   * Says that the page is kept here, to the layer outside.
   *
   * @param seconds For how long.
   */
  tellOuter(seconds: number): void {
    if (this.#outer !== undefined) this.#outer.inner = seconds;
  }

  /**
   * Begins anew, for the page that replaces the stale one.
   *
   * @returns The dealings.
   */
  again(): CacheVisit {
    const again = new CacheVisit(this.cache, this.lifetimes, this.browserSeconds, undefined);
    again.slot = this.stale;
    return again;
  }

  /**
   * Looks for a page. If there is none, `slot` says where the one goes that is made now; if there is one that isn't fresh, `stale` says where the next one goes.
   *
   * @param request The request.
   * @param context Its context.
   * @returns The page, if there is one.
   */
  find(request: Request, context: Context): Awaitable<Response | undefined> {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const address = addressOf(request, context, this.#depth);
    return this.#find(request, context, address, secondsNow() + this.cache.options.waitSeconds);
  }

  #find(request: Request, context: Context, address: CacheAddress, deadline: number): Awaitable<Response | undefined> {
    const { flights } = this.cache;
    const { landings } = flights;
    return chain(this.#read(request, context, address), (found) => {
      if (found === undefined) return undefined;
      const { key, known, asOf, value } = found;
      const now = secondsNow();
      const isWanted = value === undefined || value.response.fresh <= now;
      // Made while the store's answer was under way, which doesn't know of it.
      if (isWanted && now < deadline && flights.hasLanded(key, landings)) {
        return this.#find(request, context, address, deadline);
      }
      const slot = { address, known, asOf };
      const isAnonymous = !request.headers.has("Authorization");
      if (value !== undefined && (isAnonymous || value.response.isPublic)) {
        const { response, body } = value;
        // A part is the view's to cut out; nothing of it is kept.
        if (request.headers.has("Range") && sendsParts(response)) return undefined;
        const flight = response.fresh <= now && flights.current(key) === undefined ? flights.begin(key) : undefined;
        if (flight !== undefined) this.stale = { ...slot, flight };
        this.#tell(response, now);
        return answerOf(response, body, now);
      }
      // A page that can't be kept for others isn't worth waiting for, nor a 304.
      const isPlain = request.method === "GET" && isAnonymous && !CONDITIONS.some((name) => request.headers.has(name));
      const flight = isPlain ? flights.current(key) : undefined;
      if (flight !== undefined && now < deadline) {
        return flights.wait(flight, deadline).then(() => this.#find(request, context, address, deadline));
      }
      this.slot = { ...slot, flight: isPlain && flight === undefined ? flights.begin(key) : undefined };
      return undefined;
    });
  }

  #checkAndAdd(tags: readonly string[]): void {
    for (const tag of tags) checkTag(tag);
    const count = this.tags.union(new Set(tags)).size;
    if (count > MOST_TAGS) {
      throw new RangeError(`Cannot tag a page with more than ${MOST_TAGS} tags: received ${count}`);
    }
    this.addTags(tags);
  }

  #tell(response: CachedResponse, now: number): void {
    this.#outer?.addTags(response.tags);
    this.tellOuter(Math.max(0, Math.floor(response.fresh - now)));
  }

  #read(request: Request, context: Context, address: CacheAddress): Awaitable<Found | undefined> {
    const { base } = address;
    return chain(this.#ask(base, context), (first) => {
      if (first === undefined) return undefined;
      const value = valueOf(first);
      if (value === undefined || "response" in value) return { key: base, known: [], asOf: first.asOf, value };
      const known = value.vary;
      const key = keyWith(base, known, request.headers);
      return chain(this.#ask(key, context), (second) => {
        if (second === undefined) return undefined;
        const page = valueOf(second);
        return { key, known, asOf: first.asOf, value: page !== undefined && "response" in page ? page : undefined };
      });
    });
  }

  /** A store that can't be reached is none: the site goes on without it. */
  #ask(key: string, context: Context): Awaitable<CacheRead | undefined> {
    const fail = (error: unknown): undefined => tellOfFailure(context, error);
    try {
      const answer = this.cache.store.read(key);
      return answer instanceof Promise ? answer.catch(fail) : answer;
    } catch (error) {
      return fail(error);
    }
  }
}

interface Found {
  readonly key: string;
  readonly known: readonly string[];
  readonly asOf: string;
  readonly value: Extract<CachedValue, { readonly response: unknown }> | undefined;
}

function valueOf({ record }: CacheRead): CachedValue | undefined {
  return record === undefined ? undefined : decodeCached(record.data);
}

const MOST_TAGS = 50;
const CONDITIONS = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Range"];

/**
 * Finds the dealings of a request.
 *
 * @param context The request's context.
 * @returns The dealings; `undefined` outside the layers that begin them.
 * @internal
 */
export function cacheVisitOf(context: Context): CacheVisit | undefined {
  return (context as Context & Partial<HasCacheVisit>)[VISIT];
}
