/**
 * Cookies that are read and written as Django does, signatures and encryption for their values.
 *
 * - {@linkcode CookieJar}: the cookies of one request and its response, plain, signed or sealed. In a pipeline it is
 *   `context.cookies`.
 * - {@linkcode Cookie}: a name with its attributes, stated once.
 * - {@linkcode KeyRing}: the secret keys, with rotation. It takes Django's `SECRET_KEY` and `SECRET_KEY_FALLBACKS`.
 * - {@linkcode Signer}, {@linkcode TimestampSigner}, {@linkcode dumps} and {@linkcode loads}: what anybody can read and
 *   nobody change, in Django's format.
 * - {@linkcode Sealer}: what nobody can read.
 * - {@linkcode parseCookies}, {@linkcode serializeCookie}: the bare codec.
 *
 * Whatever a visitor sends, reading never throws. What a browser would refuse is refused where it is written.
 *
 * @example A handler without a pipeline
 * ```ts
 * import { Cookie, CookieJar, KeyRing } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID() + crypto.randomUUID());
 * const visits = new Cookie("__Host-visits", { maxAge: 30 * 24 * 60 * 60 });
 *
 * function handler(request: Request): Response {
 *   const jar = new CookieJar(request.headers.get("cookie"), { keys });
 *   const count = Number(jar.getSigned(visits) ?? 0) + 1;
 *   jar.setSigned(visits, String(count));
 *   const response = new Response(`Visit ${count}`);
 *   jar.applyTo(response.headers);
 *   return response;
 * }
 *
 * const first = handler(new Request("https://example.com/"));
 * const cookie = first.headers.getSetCookie()[0]!.split("; ")[0]!;
 * const second = handler(new Request("https://example.com/", { headers: { cookie } }));
 *
 * assertEquals(await second.text(), "Visit 2");
 * ```
 *
 * @module
 */

export * from "./base62.ts";
export * from "./cookie.ts";
export * from "./cookie_attributes.ts";
export * from "./cookie_jar.ts";
export * from "./cookie_jar_options.ts";
export * from "./django_json.ts";
export * from "./key_ring.ts";
export * from "./parse_cookies.ts";
export * from "./sealer.ts";
export * from "./serialize_cookie.ts";
export * from "./signed_objects.ts";
export * from "./signer.ts";
export * from "./timestamp_signer.ts";
export * from "./verification.ts";
