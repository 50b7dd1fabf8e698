/**
 * Keeping a page in the site cache.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import { attempt, type Awaitable } from "./awaitable.ts";
import { limitMaxAge } from "./parse_cache_control.ts";
import { tellOfFailure } from "./cache_failure.ts";
import { keyWith, variesBy } from "./cache_key.ts";
import { type CacheVerdict, cookieObstacle, judge } from "./cache_policy.ts";
import type { CacheSlot, CacheVisit } from "./cache_visit.ts";
import { type CachedResponse, encodeCached, keptHeaders } from "./cached_response.ts";
import type { Context } from "./context.ts";
import { keepBody } from "./keep_body.ts";
import { EVERYTHING } from "./site_cache.ts";

/**
 * Keeps the page that was just made, if it may be kept, and says on it for how long others may.
 *
 * @param visit The request's dealings with the cache.
 * @param request The request.
 * @param context Its context.
 * @param response The page.
 * @param refuse Told why the page isn't kept.
 * @returns What to send.
 * @internal
 */
export function keepPage(
  visit: CacheVisit,
  request: Request,
  context: Context,
  response: Response,
  refuse?: (reason: string) => void,
): Response {
  const { slot } = visit;
  if (slot === undefined) return response;
  const now = secondsNow();
  const verdict = judgeAll(visit, slot, request, response, context, now);
  if (!verdict.keep) {
    // What is about this visitor or this moment stays so for a while; what failed may be well again soon.
    const { status } = response;
    slot.flight?.end(status >= 500 ? 1 : PASS_SECONDS);
    if (status < 300) refuse?.(verdict.reason);
    return response;
  }
  const { headers } = response;
  limitMaxAge(headers, visit.browserSeconds ?? verdict.seconds, now);
  visit.tellOuter(verdict.seconds);
  // A 304 says what the page would have said (RFC 9110 §15.4.5), and has nothing to keep.
  if (request.method !== "GET" || response.status === 304) {
    slot.flight?.end(0);
    return response;
  }
  const cached: CachedResponse = {
    headers: keptHeaders(headers),
    made: now,
    fresh: now + verdict.seconds,
    ...(visit.browserSeconds === undefined ? {} : { browser: visit.browserSeconds }),
    isPublic: verdict.isPublic,
    tags: [],
  };
  const finish = (body: Uint8Array<ArrayBuffer> | undefined, isTooLarge: boolean): void => {
    visit.keeps = false;
    const late = body === undefined ? undefined : cookieObstacle(context);
    if (body === undefined || late !== undefined) {
      slot.flight?.end(isTooLarge || late !== undefined ? PASS_SECONDS : 0);
      refuse?.(late ?? (isTooLarge ? "it is too large" : "it didn't arrive whole"));
      return;
    }
    const expires = cached.fresh + verdict.staleSeconds;
    visit.cache.track(write(visit, slot, verdict.names, request, context, cached, body, expires));
  };
  if (response.body === null) {
    finish(new Uint8Array(), false);
    return response;
  }
  visit.keeps = true;
  const { status, statusText } = response;
  const limit = visit.cache.options.maxBodyBytes;
  return new Response(keepBody(response.body, limit, finish), { status, statusText, headers });
}

/** In seconds: for how long nobody waits for a page that can't be kept. */
const PASS_SECONDS = 10;

type Verdict =
  | Extract<CacheVerdict, { keep: false }>
  | Extract<CacheVerdict, { keep: true }> & {
    readonly names: readonly string[];
  };

function judgeAll(
  visit: CacheVisit,
  slot: CacheSlot,
  request: Request,
  response: Response,
  context: Context,
  now: number,
): Verdict {
  const verdict = judge(request, response, context, visit.lifetimes, visit.inner, now);
  if (!verdict.keep) return verdict;
  const names = variesBy(response.headers, slot.known, slot.address.variant);
  if (names === undefined) return { keep: false, reason: "it says Vary: *" };
  if (names.includes("cookie")) return { keep: false, reason: "it depends on a cookie, as its Vary says" };
  return { ...verdict, names };
}

async function write(
  visit: CacheVisit,
  { address, asOf, flight }: CacheSlot,
  names: readonly string[],
  request: Request,
  context: Context,
  response: CachedResponse,
  body: Uint8Array<ArrayBuffer>,
  expires: number,
): Promise<void> {
  const { store } = visit.cache;
  try {
    if (names.length > 0) {
      // Lives longer than the pages it leads to, and is written anew with each.
      const data = encodeCached({ vary: names });
      await store.write(address.base, { data, expires: expires + 86_400, tags: [EVERYTHING], asOf });
    }
    const tags = [...visit.tags];
    const data = encodeCached({ response: { ...response, tags }, body });
    await store.write(keyWith(address.base, names, request.headers), {
      data,
      expires,
      tags: [EVERYTHING, ...tags],
      asOf,
    });
  } catch (error) {
    tellOfFailure(context, error);
  }
  flight?.end(0);
}

/**
 * Makes a page and keeps it; if it can't be made, whoever waits goes on.
 *
 * @param visit The request's dealings with the cache.
 * @param make Makes it.
 * @returns What `make` gives.
 * @throws What `make` throws.
 * @internal
 */
export function orLetGo<T>(visit: CacheVisit, make: () => Awaitable<T>): Awaitable<T> {
  return attempt(make, (error) => {
    visit.slot?.flight?.end(1);
    visit.stale?.flight?.end(1);
    throw error;
  });
}
