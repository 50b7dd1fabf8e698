/**
 * Methods that forms don't have.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import { isToken } from "./check_option.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";

/** Options of {@linkcode methodOverride}. */
export interface MethodOverrideOptions {
  /**
   * The form field that names the method; `false` for none, so that no form is read.
   *
   * @default {"_method"}
   */
  field?: string | false;
  /**
   * The header that names the method, for programs behind something that lets GET and POST through only; `false` for none.
   *
   * @default {"X-HTTP-Method-Override"}
   */
  header?: string | false;
  /**
   * The methods a POST may become.
   *
   * @default {["PUT", "PATCH", "DELETE"]}
   */
  methods?: readonly string[];
}

/**
 * Lets a POST name another method, in a form's field `_method` or a header: HTML forms know GET and POST only. Anything that isn't on the list is left a POST.
 *
 * It never makes a method of one that changes nothing, so that `csrf()`, before it or after it, checks all the same. Layers outside see a POST; those inside, the view, and `routes()` see the other method.
 * `new Request(request)` and `fetch(request)` see the POST that it was.
 *
 * @param options Where the method stands, and which it may be.
 * @returns The middleware.
 * @throws {TypeError} If a name is none, or a method is one that changes nothing (GET, HEAD, OPTIONS, TRACE) or opens a tunnel (CONNECT).
 *
 * @example
 * ```ts
 * import { methodOverride, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(methodOverride()).handle(routes({ "DELETE /books/7/": () => new Response("gone") }));
 * const body = new URLSearchParams({ _method: "delete" });
 *
 * assertEquals((await app(new Request("http://localhost/books/7/", { method: "POST", body }))).status, 200);
 * ```
 */
export function methodOverride(options: MethodOverrideOptions = {}): Middleware {
  const { field = "_method", header = "X-HTTP-Method-Override", methods = ["PUT", "PATCH", "DELETE"] } = options;
  const allowed = checkedMethods(methods);
  if (field !== false && (typeof field !== "string" || field === "")) {
    throw new TypeError(
      `Cannot create methodOverride as field must be a name or false: received ${Deno.inspect(field)}`,
    );
  }
  if (header !== false && !isToken(header)) {
    throw new TypeError(
      `Cannot create methodOverride as header must be the name of a header or false: received ${Deno.inspect(header)}`,
    );
  }

  function asked(request: Request, context: Context): Awaitable<string | null> {
    const named = header === false ? null : request.headers.get(header);
    if (named !== null || field === false || !FORM_REGEXP.test(request.headers.get("Content-Type") ?? "")) return named;
    return context.form().then((form) => {
      const value = form.get(field);
      return typeof value === "string" ? value : null;
    });
  }

  return describeLayer((next) =>
    function methodOverride(request, context) {
      if (request.method !== "POST") return next(request, context);
      return chain(asked(request, context), (name) => {
        const method = name?.toUpperCase();
        // The request itself, as the context reads its form; it belongs to nobody else.
        if (method !== undefined && allowed.has(method)) Object.defineProperty(request, "method", { value: method });
        return next(request, context);
      });
    }, { name: "methodOverride", facts: { readsForms: field !== false } });
}

const FORM_REGEXP = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;
const NEVER = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"]);

function checkedMethods(methods: readonly string[]): ReadonlySet<string> {
  const odd = Array.isArray(methods) ? methods.find((each) => !isToken(each) || each !== each.toUpperCase()) : methods;
  if (!Array.isArray(methods) || odd !== undefined) {
    throw new TypeError(
      `Cannot create methodOverride as methods must be a list of methods in capitals: received ${Deno.inspect(odd)}`,
    );
  }
  const never = methods.find((method) => NEVER.has(method));
  if (never === undefined) return new Set(methods);
  throw new TypeError(
    `Cannot create methodOverride with ${never} as forms of other sites would go unchecked: list methods that change something`,
  );
}
