/**
 * What the site cache may keep.
 *
 * @module
 */

import { type CacheDirectives, parseCacheControl, secondsOf } from "./parse_cache_control.ts";
import type { Context } from "./context.ts";
import { cspVisitOf } from "./csp_nonce.ts";
import { RequestContext } from "./request_context.ts";

/** For how long things are kept, in seconds. */
export interface CacheLifetimes {
  /** How long a response is kept that doesn't say so itself. */
  readonly seconds: number;
  /** Whether `seconds` is the most, too, whatever the response says. */
  readonly capped: boolean;
  /** For how long after that it is still shown while another is made. */
  readonly staleSeconds: number;
}

/** Whether a response may be kept, and for how long; or why not. */
export type CacheVerdict =
  | { readonly keep: true; readonly seconds: number; readonly staleSeconds: number; readonly isPublic: boolean }
  | { readonly keep: false; readonly reason: string };

/**
 * Decides about a response. (RFC 9111 §3, of a shared cache; and stricter, as it must not be wrong once.)
 *
 * @param request The request.
 * @param response The response.
 * @param context The request's context.
 * @param lifetimes What is usual.
 * @param inner For how long a cache further in keeps it, if there is one and it does.
 * @param now The time, in seconds since the Unix epoch.
 * @returns The verdict.
 * @internal
 */
export function judge(
  request: Request,
  response: Response,
  context: Context,
  lifetimes: CacheLifetimes,
  inner: number | undefined,
  now: number,
): CacheVerdict {
  const { headers, status } = response;
  const directives = parseCacheControl(headers.get("Cache-Control"));
  const isPublic = directives.has("public");
  const obstacle = status !== 200 && status !== 304
    ? `its status is ${status}`
    : headers.has("Set-Cookie")
    ? "it sets a cookie"
    : cookieObstacle(context) ?? headerObstacle(headers, directives) ??
      (request.headers.has("Authorization") && !isPublic
        ? "it was asked for with Authorization, and isn't public"
        : undefined);
  if (obstacle !== undefined) return { keep: false, reason: obstacle };
  const own = inner ?? secondsOf(directives, "s-maxage") ?? secondsOf(directives, "max-age") ?? expiresIn(headers, now);
  const usual = lifetimes.capped ? Math.min(own ?? Infinity, lifetimes.seconds) : own ?? lifetimes.seconds;
  const seconds = Math.min(usual, LONGEST) - (inner === undefined ? ageOf(headers) : 0);
  if (seconds <= 0) return { keep: false, reason: "it is to be used for 0 seconds" };
  return { keep: true, seconds, staleSeconds: staleSeconds(directives, lifetimes), isPublic };
}

/**
 * Says why the cookies forbid to keep a response: one was read, so that it may be for this visitor only, or one will be set.
 *
 * @param context The request's context.
 * @returns The reason, if there is one.
 * @internal
 */
export function cookieObstacle(context: Context): string | undefined {
  // The jar itself is asked, not the headers: what it says gets onto the response when it has left the last layer.
  const jar = RequestContext.runOf(context)?.cookies;
  if (jar?.changed) return "it sets a cookie";
  if (jar?.accessed) return "it depends on a cookie: a session, perhaps, or a token";
  return cspVisitOf(context)?.nonce === undefined ? undefined : "it has a nonce, which must not be seen twice";
}

const FORBIDDING = ["private", "no-cache", "no-store"];

function headerObstacle(headers: Headers, directives: CacheDirectives): string | undefined {
  const forbidding = FORBIDDING.find((name) => directives.has(name));
  if (forbidding !== undefined) return `it says ${forbidding}`;
  if (headers.has("Clear-Site-Data")) return "it clears the visitor's data";
  if (headers.has("Content-Range")) return "it is a part";
  if (/^\s*(text\/event-stream|multipart\/x-mixed-replace)\b/i.test(headers.get("Content-Type") ?? "")) {
    return "it is a stream of events";
  }
  return undefined;
}

/** A year. What a store remembers of invalidations it remembers for longer. */
const LONGEST = 31_536_000;

function expiresIn(headers: Headers, now: number): number | undefined {
  const expires = headers.get("Expires");
  if (expires === null) return undefined;
  const time = Date.parse(expires);
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000 - now);
}

/** How old the response is, if it comes from another cache. */
function ageOf(headers: Headers): number {
  const age = headers.get("Age");
  return age !== null && /^\d{1,12}$/.test(age) ? Number(age) : 0;
}

/** What has to be asked for again when it is stale can't be shown then. (RFC 5861, RFC 9111 §5.2.2.) */
function staleSeconds(directives: CacheDirectives, lifetimes: CacheLifetimes): number {
  if (["must-revalidate", "proxy-revalidate", "s-maxage"].some((name) => directives.has(name))) return 0;
  return Math.min(secondsOf(directives, "stale-while-revalidate") ?? lifetimes.staleSeconds, LONGEST);
}
