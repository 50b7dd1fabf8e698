/**
 * Protection against forms that other sites send in a visitor's name.
 *
 * @module
 */

import { chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { checkCsrf, CSRF_FIELD, type CsrfPolicy, isSafeMethod } from "./csrf_check.ts";
import { CSRF_EXEMPT } from "./csrf_exempt.ts";
import { refuse } from "./csrf_failure.ts";
import { TrustedOrigins } from "./csrf_origin.ts";
import type { CsrfOptions, HasCsrf, HasSessionCsrf, KeepsCsrfSecret, SessionCsrfOptions } from "./csrf_options.ts";
import { csrfCookie, CsrfVisit, xsrfCookie } from "./csrf_visit.ts";
import { describeLayer } from "./describe_layer.ts";
import { extendWithValues } from "./extend_with_values.ts";
import type { Middleware } from "./handler.ts";
import type { Hooks } from "./hooks.ts";
import { type Html, html } from "./html.ts";
import { hasMark } from "./marks.ts";
import { inSteps, type Steps } from "./steps.ts";

/**
 * Refuses forms that another site sends in the visitor's name, as `csrf()` does without a word on storage, with the secret in the session, as auditors ask for now and then. The session has to be read for a token, so that `csrfToken()`, `csrfField()` and `rotateCsrfToken()` are to be
 * awaited; templates get them as ever. A page with a token begins a session. What a browser vouches for needs no token, and no session is read.
 *
 * @param options Where the secret is, trusted origins, what is exempt.
 * @returns The middleware.
 */
export function csrf(options: SessionCsrfOptions): Middleware<KeepsCsrfSecret, HasSessionCsrf>;
/**
 * Refuses forms that another site sends in the visitor's name (cross-site request forgery), with 403. Requests other than GET, HEAD, OPTIONS and
 * TRACE are checked, whatever their body is:
 *
 * - A browser that says itself where the request comes from (`Sec-Fetch-Site`: all current ones, over https) is believed: from this site's own pages, or by the
 *   visitor's own hand, it is accepted; from another site or subdomain it is refused, unless the origin is trusted and the token right.
 * - From a browser that doesn't say, Django's proofs are asked: an `Origin` that is this site's or trusted, or over https such a `Referer`, and the token, in the
 *   field `csrfmiddlewaretoken` or the header, that fits the cookie.
 *
 * Put `context.csrfField()` into each form; templates get `csrfField` and `csrfToken`, and a page that uses neither sets no cookie. The check happens
 * when the view is found: a middleware inside this one that answers a POST itself is not covered, and the event `csrf.unchecked` says so. A WebSocket
 * begins with a GET: check its `Origin` in the view.
 *
 * A refusal is the event `csrf.rejected`, with the reason and its usual cause.
 *
 * @param options Trusted origins, what is exempt, the cookie.
 * @returns The middleware.
 * @throws {TypeError} If an origin isn't written as browsers write them, or the cookie is one they refuse.
 * @throws {RangeError} If the cookie would live too long.
 *
 * @example
 * ```ts
 * import { csrf, html, htmlResponse, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(csrf()).handle(routes({
 *   "GET /": (_request, context) => htmlResponse(html`<form method="post">${context.csrfField()}<button>Buy</button></form>`),
 *   "POST /": () => new Response("bought"),
 * }));
 *
 * const own = { "Sec-Fetch-Site": "same-origin", Origin: "https://shop.example" };
 * const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
 * assertEquals((await app(new Request("https://shop.example/", { method: "POST", headers: own }))).status, 200);
 * assertEquals((await app(new Request("https://shop.example/", { method: "POST", headers: foreign }))).status, 403);
 * ```
 */
export function csrf(options?: CsrfOptions): Middleware<unknown, HasCsrf>;
// deno-lint-ignore no-explicit-any -- as the overloads say
export function csrf(options: CsrfOptions | SessionCsrfOptions = {}): Middleware<any, any> {
  const { trustedOrigins = [], requireToken = false, exempt, failure, headerName = "X-CSRFToken" } = options;
  const { xsrfCookie: sendsXsrf = false } = options;
  const inSession = isInSession(options);
  const cookie = csrfCookie(inSession ? {} : (options as CsrfOptions).cookie);
  const extra = sendsXsrf ? xsrfCookie(inSession ? { maxAge: null } : (options as CsrfOptions).cookie) : undefined;
  const policy: CsrfPolicy = {
    trusted: new TrustedOrigins(trustedOrigins),
    requireToken,
    headerNames: [checkedHeader(headerName), ...(sendsXsrf ? ["X-XSRF-TOKEN"] : [])],
    cookieDomain: inSession ? undefined : cookie.attributes.domain?.toLowerCase(),
  };
  checkTypes({
    requireToken: [requireToken, "boolean"],
    xsrfCookie: [sendsXsrf, "boolean"],
    exempt: [exempt, "function"],
    failure: [failure, "function"],
  });
  // One for each csrf(): two of them around one view both have their say.
  const VISIT = Symbol("csrf");
  const UNSAFE = Symbol("unsafe");
  type OwnContext = Context & { readonly [VISIT]: CsrfVisit; readonly [UNSAFE]?: boolean };

  const hooks: Hooks<OwnContext> = {
    processView(request, context, view) {
      if (isSafeMethod(request.method) && context[UNSAFE] !== true) return;
      const visit = context[VISIT];
      visit.checked = true;
      if (hasMark(view, CSRF_EXEMPT) || exempt !== undefined && isExempt(exempt, request, context)) return;
      return chain(checkCsrf(policy, request, context, visit), (rejection) => {
        return rejection === undefined ? undefined : refuse(rejection, request, context, failure);
      });
    },
    templateData: (_request, { [VISIT]: visit }) =>
      chain(visit.open(), () => ({
        get csrfToken() {
          return visit.token();
        },
        get csrfField() {
          return field(visit);
        },
      })),
  };

  const steps: Steps<CsrfVisit> = {
    name: "csrf",
    begin: (request, context, left) => new CsrfVisit(inSession ? undefined : cookie, extra, request, context, left),
    adds: inSession
      ? {
        [VISIT]: (visit) => visit,
        csrfToken: (visit) => async () => (await visit.open()).token(),
        csrfField: (visit) => async () => field(await visit.open()),
        rotateCsrfToken: (visit) => async () => (await visit.open()).rotate(),
      }
      : {
        [VISIT]: (visit) => visit,
        csrfToken: (visit) => () => visit.token(),
        csrfField: (visit) => () => field(visit),
        rotateCsrfToken: (visit) => () => visit.rotate(),
      },
    hooks,
    enter({ method }, context) {
      // A layer further in may give the request another method.
      if (!isSafeMethod(method)) extendWithValues(context, { [UNSAFE]: true });
      return undefined;
    },
    leave,
  };
  return describeLayer((next) => inSteps(next, steps), {
    name: "csrf",
    facts: {
      storage: inSession ? "session" : "cookie",
      cookie: inSession ? undefined : cookie,
      requireToken,
      trustedOrigins,
    },
  });
}

function isInSession({ storage = "cookie", ...others }: CsrfOptions | SessionCsrfOptions): boolean {
  if (storage !== "cookie" && storage !== "session") {
    throw new TypeError(
      `Cannot create csrf as storage must be "cookie" or "session": received ${Deno.inspect(storage)}`,
    );
  }
  if (storage === "session" && (others as CsrfOptions).cookie !== undefined) {
    throw new TypeError('Cannot create csrf with a cookie beside storage: "session": the session has its own cookie');
  }
  return storage === "session";
}

function field(visit: CsrfVisit): Html {
  return html`<input type="hidden" name="${CSRF_FIELD}" value="${visit.token()}">`;
}

/** A promise would count as true, and exempt everything. */
function isExempt(exempt: NonNullable<CsrfOptions["exempt"]>, request: Request, context: Context): boolean {
  const answer: unknown = exempt(request, context);
  if (typeof answer === "boolean") return answer;
  throw new TypeError(
    `Cannot check the request as the exempt of csrf() must answer true or false: received ${Deno.inspect(answer)}`,
  );
}

/** What was answered without a view went unchecked. A refusal or a redirection elsewhere did nothing yet, the others may have. */
function leave(response: Response, visit: CsrfVisit | undefined, { method }: Request, context: Context): Response {
  if (visit !== undefined) visit.left = true;
  if (isSafeMethod(method) || visit?.checked) return response;
  if (response.ok || response.status === 303) {
    context.emit({
      name: "csrf.unchecked",
      message:
        "A layer inside csrf() answered itself, so that no view was found and nothing was checked: answer in a view, or before csrf()",
    });
  }
  return response;
}

function checkedHeader(name: string): string {
  if (typeof name === "string" && /^[A-Za-z0-9-]+$/.test(name)) return name;
  throw new TypeError(
    `Cannot create csrf as headerName must be letters, digits and dashes: received ${Deno.inspect(name)}`,
  );
}

function checkTypes(values: { readonly [option: string]: readonly [value: unknown, type: string] }): void {
  for (const [option, [value, type]] of Object.entries(values)) {
    if (value === undefined || typeof value === type) continue;
    throw new TypeError(`Cannot create csrf as ${option} must be a ${type}: received ${Deno.inspect(value)}`);
  }
}
