/**
 * What a view says to browsers and caches on the way about keeping its page.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import { chain } from "./awaitable.ts";
import { perView, type ViewDecorator } from "./per_view.ts";

/** What a `Cache-Control` may say of a response. (RFC 9111 §5.2.2; `immutable` RFC 8246; `stale-…` RFC 5861.) */
export interface CacheControl {
  /** For how long it is good, in seconds. Where the view has said so too, the shorter time counts. */
  readonly maxAge?: number;
  /** The same for caches that many share, in seconds; the shorter time counts. */
  readonly sMaxage?: number;
  /** Every cache asks this site again before it shows the page. */
  readonly noCache?: boolean;
  /** No cache keeps it at all, browsers neither. */
  readonly noStore?: boolean;
  /** Nobody changes it on the way: no compression, no smaller images. */
  readonly noTransform?: boolean;
  /** It is never shown beyond its time, also where this site can't be reached. */
  readonly mustRevalidate?: boolean;
  /** The same for caches that many share. */
  readonly proxyRevalidate?: boolean;
  /** It never changes under its address. */
  readonly immutable?: boolean;
  /** For how long beyond its time it may be shown while the next one is fetched, in seconds. */
  readonly staleWhileRevalidate?: number;
  /** For how long beyond its time it may be shown where this site fails, in seconds. */
  readonly staleIfError?: number;
  /** Only the visitor's own browser keeps it; takes the place of a `public` that the view has said. */
  readonly private?: boolean;
  /** Any cache may keep it, also if it was asked for with `Authorization`; takes the place of a `private` that the view has said. */
  readonly public?: boolean;
}

/**
 * Says for a view how browsers and caches may keep its page. What the view says itself in `Cache-Control` stays, but for what contradicts. (Django's
 * `cache_control`.) The site's own cache goes by it, too: see {@linkcode cacheFor}.
 *
 * @param directives What to say; what is `false` isn't said.
 * @returns A function that wraps a view.
 * @throws {TypeError} If nothing is said, it contradicts itself, or a directive is unknown.
 * @throws {RangeError} If a time is no whole number of seconds from 0.
 *
 * @example
 * ```ts
 * import { cacheControl, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(routes({
 *   "/logo.svg": cacheControl({ maxAge: 31_536_000, immutable: true })(() => new Response("<svg/>")),
 * }));
 *
 * const { headers } = await app(new Request("http://localhost/logo.svg"));
 * assertEquals(headers.get("Cache-Control"), "max-age=31536000, immutable");
 * ```
 */
export function cacheControl(directives: CacheControl): ViewDecorator {
  const said = checked(directives);
  return perView((next) =>
    function cacheControl(request, context) {
      return chain(next(request, context), (response) => {
        patch(response.headers, said);
        return response;
      });
    }
  );
}

/**
 * Says of a view that nobody keeps its page, not even the browser's "back" button: for what must not be seen on a shared machine after signing out. (Django's
 * `never_cache`, with the same headers.)
 *
 * @typeParam V What the view needs.
 * @param view The view.
 * @returns The view, whose answers say so.
 *
 * @example
 * ```ts
 * import { neverCache, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(neverCache(() => new Response("your balance")));
 *
 * const { headers } = await app(new Request("http://localhost/"));
 * assertEquals(headers.get("Cache-Control"), "max-age=0, no-cache, no-store, must-revalidate, private");
 * ```
 */
export const neverCache: ViewDecorator = perView((next) =>
  function neverCache(request, context) {
    return chain(next(request, context), (response) => {
      if (!response.headers.has("Expires")) {
        response.headers.set("Expires", new Date(secondsNow() * 1000).toUTCString());
      }
      patch(response.headers, NEVER);
      return response;
    });
  }
);

type Said = ReadonlyMap<string, number | true>;

const TIMES: ReadonlySet<string> = new Set(["maxAge", "sMaxage", "staleWhileRevalidate", "staleIfError"]);
const FLAGS: ReadonlySet<string> = new Set([
  ...["noCache", "noStore", "noTransform", "mustRevalidate", "proxyRevalidate", "immutable", "private", "public"],
]);

function checked(directives: CacheControl): Said {
  const said = new Map<string, number | true>();
  for (const [name, value] of Object.entries(directives ?? {} as CacheControl)) {
    if (!TIMES.has(name) && !FLAGS.has(name)) {
      throw new TypeError(`Cannot create cacheControl as there is no directive ${JSON.stringify(name)}`);
    }
    if (value === undefined || value === false) continue;
    if (TIMES.has(name) && !(Number.isSafeInteger(value) && value as number >= 0)) {
      throw new RangeError(
        `Cannot create cacheControl as ${name} must be a whole number of seconds from 0: received ${
          Deno.inspect(value)
        }`,
      );
    }
    if (FLAGS.has(name) && value !== true) {
      throw new TypeError(
        `Cannot create cacheControl as ${name} must be true or false: received ${Deno.inspect(value)}`,
      );
    }
    said.set(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value as number | true);
  }
  if (said.size === 0) throw new TypeError("Cannot create cacheControl without a directive: write what it should say");
  if (said.has("private") && said.has("public")) {
    throw new TypeError("Cannot create cacheControl with both private and public: one of them is meant");
  }
  return said;
}

const NEVER: Said = checked({ maxAge: 0, noCache: true, noStore: true, mustRevalidate: true, private: true });

function patch(headers: Headers, said: Said): void {
  const parts = new Map<string, string>();
  for (const [part] of (headers.get("Cache-Control") ?? "").matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)) {
    const written = part.trim();
    if (written !== "") parts.set(written.split("=", 1)[0]!.trim().toLowerCase(), written);
  }
  for (const [name, value] of said) {
    if (name === "private" || name === "public") parts.delete(name === "private" ? "public" : "private");
    if (value === true) {
      parts.set(name, name);
      continue;
    }
    const [, before] = /=\s*"?(\d{1,12})"?$/.exec(parts.get(name) ?? "") ?? [];
    parts.set(name, `${name}=${Math.min(value, before === undefined ? Infinity : Number(before))}`);
  }
  headers.set("Cache-Control", [...parts.values()].join(", "));
}
