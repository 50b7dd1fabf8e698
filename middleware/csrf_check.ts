/**
 * The CSRF policy: which requests are taken for the visitor's own will.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { isWithin, siteOrigin, splitAddress, type TrustedOrigins } from "./csrf_origin.ts";
import { csrfFormatProblem, csrfSecretOf, sameCsrfSecret } from "./csrf_token.ts";
import type { CsrfVisit } from "./csrf_visit.ts";

/** What a check goes by; made once. */
export interface CsrfPolicy {
  /** The origins trusted besides the site's own. */
  readonly trusted: TrustedOrigins;
  /** Whether the token is asked for where the browser vouches for the request too. */
  readonly requireToken: boolean;
  /** The headers that carry the token, of which the first one counts that is there. */
  readonly headerNames: readonly string[];
  /** The domain of the cookie, which Django takes for the site when it reads the `Referer`. */
  readonly cookieDomain: string | undefined;
}

/** Why a request was refused. */
export interface CsrfRejection {
  /** What was wrong. */
  readonly kind:
    | "site"
    | "origin"
    | "no referer"
    | "referer"
    | "no secret"
    | "no cookie"
    | "cookie"
    | "no token"
    | "token";
  /** The reason, in Django's words where Django has any. */
  readonly reason: string;
}

/** The name of the form field that carries the token, as in Django. */
export const CSRF_FIELD = "csrfmiddlewaretoken";

/**
 * Whether a method changes nothing, so that nobody can do harm with it.
 *
 * @param method The request's method.
 * @returns Whether it is safe.
 * @internal
 */
export function isSafeMethod(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE";
}

/**
 * Checks a request that may change something.
 *
 * A browser that says so itself (`Sec-Fetch-Site`, which no page can set) is believed. From one that says nothing Django's proofs are asked: the
 * `Origin`, or over https the `Referer`; then the token.
 *
 * @param policy What the check goes by.
 * @param request The request.
 * @param context Its context.
 * @param visit Its secret.
 * @returns Why it is refused; `undefined` if it isn't.
 * @throws {HttpError} 400 or 413 if the form that should hold the token can't be read, 400 if the request names no valid host.
 * @internal
 */
export function checkCsrf(
  policy: CsrfPolicy,
  request: Request,
  context: Context,
  visit: CsrfVisit,
): Awaitable<CsrfRejection | undefined> {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site === "same-origin" || site === "none") {
    return policy.requireToken ? checkToken(policy, request, context, visit) : undefined;
  }
  const origin = request.headers.get("Origin");
  const rejection = site === "same-site" || site === "cross-site"
    ? checkOtherSite(policy, site, origin)
    : origin !== null
    ? checkOrigin(policy, origin, request, context)
    : context.client.secure
    ? checkReferer(policy, request, context)
    : undefined;
  return rejection ?? checkToken(policy, request, context, visit);
}

function checkOtherSite({ trusted }: CsrfPolicy, site: string, origin: string | null): CsrfRejection | undefined {
  if (origin !== null && trusted.has(origin)) return undefined;
  const sender = origin === null ? "no Origin" : `${printable(origin)} does not match any trusted origins`;
  return { kind: "site", reason: `Sec-Fetch-Site checking failed - ${site}, ${sender}.` };
}

function checkOrigin(
  { trusted }: CsrfPolicy,
  origin: string,
  request: Request,
  context: Context,
): CsrfRejection | undefined {
  if (origin === siteOrigin(request, context) || trusted.has(origin)) return undefined;
  const reason = `Origin checking failed - ${printable(origin)} does not match any trusted origins.`;
  return { kind: "origin", reason };
}

function checkReferer(policy: CsrfPolicy, request: Request, context: Context): CsrfRejection | undefined {
  const referer = request.headers.get("Referer");
  if (referer === null) return { kind: "no referer", reason: "Referer checking failed - no Referer." };
  const address = splitAddress(referer);
  if (address === undefined) {
    return { kind: "referer", reason: "Referer checking failed - Referer is malformed." };
  }
  if (address.scheme !== "https") {
    return { kind: "referer", reason: "Referer checking failed - Referer is insecure while host is secure." };
  }
  if (policy.trusted.hasHost(address.host) || isOwnHost(address.host, policy, request, context)) return undefined;
  const reason = `Referer checking failed - ${printable(referer)} does not match any trusted origins.`;
  return { kind: "referer", reason };
}

function isOwnHost(host: string, { cookieDomain }: CsrfPolicy, request: Request, context: Context): boolean {
  if (`https://${host}` === siteOrigin(request, context)) return true;
  const { port } = context.url;
  return cookieDomain !== undefined && isWithin(host, port === "" ? cookieDomain : `${cookieDomain}:${port}`);
}

function checkToken(
  policy: CsrfPolicy,
  request: Request,
  context: Context,
  visit: CsrfVisit,
): Awaitable<CsrfRejection | undefined> {
  return chain(visit.open(), () => {
    const { received } = visit;
    // Django's words, where there is a session instead of the cookie, too.
    if (received === undefined) {
      return { kind: visit.isInSession ? "no secret" : "no cookie", reason: "CSRF cookie not set." };
    }
    if (received.secret === undefined) {
      visit.rotate();
      return { kind: "cookie", reason: `CSRF cookie ${received.problem}.` };
    }
    const { secret } = received;
    return chain(readField(request, context), (field) => {
      if (field !== "") return compareToken(field, secret, "POST");
      const name = policy.headerNames.find((name) => request.headers.has(name));
      if (name === undefined) return { kind: "no token", reason: "CSRF token missing." };
      return compareToken(request.headers.get(name)!, secret, `the '${titleCase(name)}' HTTP header`);
    });
  });
}

/** Only a form has fields; the token of any other body stands in the header. */
function readField(request: Request, context: Context): Awaitable<string> {
  if (!FORM_REGEXP.test(request.headers.get("Content-Type") ?? "")) return "";
  // As in Django the last of several counts. A form beyond the limits is refused as such (413), not taken for one without a token.
  return context.form().then((form) => form.getAll(CSRF_FIELD).findLast((value) => typeof value === "string") ?? "");
}

const FORM_REGEXP = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

function compareToken(token: string, secret: string, source: string): CsrfRejection | undefined {
  const problem = csrfFormatProblem(token) ?? (sameCsrfSecret(csrfSecretOf(token), secret) ? undefined : "incorrect");
  return problem === undefined ? undefined : { kind: "token", reason: `CSRF token from ${source} ${problem}.` };
}

function titleCase(header: string): string {
  return header.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
}

/** Whoever reads a log is spared control characters and a header of 64 KiB. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  const plain = text.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}
