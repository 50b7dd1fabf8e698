/**
 * Who the visitor is.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import { describeLayer } from "../middleware/describe_layer.ts";
import type { Middleware } from "../middleware/handler.ts";
import { inSteps, type Steps } from "../middleware/steps.ts";
import type { HasSession } from "../sessions/session.ts";
import { type AuthSettings, MODEL_BACKEND, REMOTE_BACKEND } from "./_auth_settings.ts";
import { AuthVisit } from "./_auth_visit.ts";
import { checkedLoginUrl } from "./redirect_to_login.ts";
import { AUTH } from "./_visit_of.ts";
import type { HasUser } from "./has_user.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import { Passwords } from "./passwords.ts";
import { SignInAttempts, type SignInLimits } from "./sign_in_limits.ts";
import type { User, UserSource } from "./user_source.ts";

/**
 * Options of {@linkcode authentication}.
 *
 * @typeParam U The user.
 */
export interface AuthenticationOptions<U extends User = User> {
  /** Where users come from. */
  users: UserSource<U>;
  /**
   * What makes and checks passwords.
   *
   * @default {new Passwords()}
   */
  passwords?: PasswordHasher;
  /**
   * How often a password may be tried; `false` for as often as anybody likes.
   *
   * @default {{}, which is 10 times in 5 minutes for a name from one address}
   */
  limits?: SignInLimits | false;
  /**
   * Where visitors are sent to sign in, unless a view says otherwise: a path, or an address of another site. (Django's `LOGIN_URL`.)
   *
   * @default {"/accounts/login/"}
   */
  loginUrl?: string;
  /**
   * Whose sessions are believed: Django's names for what has signed somebody in. `login()` writes the first one. (Django's `AUTHENTICATION_BACKENDS`.)
   *
   * @default {["django.contrib.auth.backends.ModelBackend", "django.contrib.auth.backends.RemoteUserBackend"]}
   */
  backends?: readonly string[];
}

/**
 * Tells views who the visitor is, as `await context.user()`, and signs people in and out.
 *
 * Who is signed in stands in the session, in Django's words, so that a Django with the same sessions, users and keys agrees. A session ends by itself when its user's password is
 * changed, is somebody's no more who may not sign in, and belongs to its user (`session.owner`).
 *
 * A request that doesn't ask for the user costs nothing. One that does reads the session, and asks the users if somebody is signed in.
 *
 * Events: `auth.signed_in`, `auth.signed_out`, `auth.failed` (a wrong name or password), `auth.limited` (too many of them from one address), `auth.attacked` (too many for one
 * name from everywhere), `auth.session_ended` (the password has changed), `auth.unreadable_password`, `auth.not_upgraded`.
 *
 * @typeParam U The user.
 * @param options Where users come from.
 * @returns The middleware.
 * @throws {TypeError} If there are no users or an option can't be used; when the pipeline is built, if it has no keys.
 * @throws {RangeError} If a limit is no number.
 *
 * @example Sign in, be known, sign out
 * ```ts
 * import { authentication, MemoryUsers, nextPath, Passwords } from "@nuages/web/auth";
 * import { pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { TestBrowser } from "@nuages/web/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const passwords = new Passwords({ iterations: 10_000 }); // for an example; leave it out
 * const users = new MemoryUsers([{ user: { id: "1", name: "ada" }, password: await passwords.hash("difference") }]);
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users, passwords }))
 *   .handle(routes({
 *     "GET /": async (_request, context) => new Response(`Hello, ${(await context.user())?.name ?? "stranger"}`),
 *     "POST /accounts/login/": async (request, context) => {
 *       const form = await context.form();
 *       const user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
 *       if (user === undefined) return new Response("Wrong name or password", { status: 422 });
 *       await context.login(user);
 *       return redirect(await nextPath(request, context));
 *     },
 *     "POST /accounts/logout/": async (_request, context) => {
 *       await context.logout();
 *       return redirect("/");
 *     },
 *   }));
 *
 * const browser = new TestBrowser(app);
 * assertEquals((await browser.post("/accounts/login/", { name: "ada", password: "deference" })).status, 422);
 * assertEquals((await browser.post("/accounts/login/", { name: "ada", password: "difference" })).status, 303);
 * assertEquals(await browser.text("/"), "Hello, ada");
 * await browser.post("/accounts/logout/");
 * assertEquals(await browser.text("/"), "Hello, stranger");
 * ```
 */
export function authentication<U extends User>(
  options: AuthenticationOptions<U>,
  // deno-lint-ignore no-explicit-any -- the session may hold any keys
): Middleware<HasSession<any>, HasUser<U>> {
  const settings = resolve(options);
  const steps: Steps<AuthVisit<U>> = {
    name: "authentication",
    begin: (request: Request, context: Context) => new AuthVisit(settings, request, context),
    adds: {
      [AUTH]: (visit) => visit,
      user: (visit) => () => visit.user(),
      authenticate: (visit): HasUser<U>["authenticate"] => (credentials) => visit.authenticate(credentials),
      login: (visit): HasUser<U>["login"] => (user) => visit.login(user),
      logout: (visit) => () => visit.logout(),
      updateSessionAuthHash: (visit): HasUser<U>["updateSessionAuthHash"] => (user) =>
        visit.updateSessionAuthHash(user),
      hasPermissions: (visit): HasUser<U>["hasPermissions"] => (...names) => visit.hasPermissions(...names),
    },
    leave: (response) => response,
  };
  return describeLayer((next, app) => {
    if (app !== undefined && app.keys === undefined) {
      throw new TypeError(
        "Cannot create authentication as there are no keys to bind sessions to passwords with: pass pipeline({ keys: [...] })",
      );
    }
    return inSteps(next, steps);
  }, { name: "authentication", facts: { users: settings.users, limited: settings.attempts !== undefined } });
}

function resolve<U extends User>(options: AuthenticationOptions<U>): AuthSettings<U> {
  const { users, passwords = new Passwords(), limits = {}, loginUrl = "/accounts/login/" } = options ?? {};
  const { backends = [MODEL_BACKEND, REMOTE_BACKEND] } = options ?? {};
  assertMethods("users", users, ["find", "findByName"]);
  assertMethods("passwords", passwords, ["hash", "verify"]);
  if (limits !== false && (typeof limits !== "object" || limits === null)) {
    throw new TypeError(
      `Cannot create authentication as limits must be an object or false: received ${Deno.inspect(limits)}`,
    );
  }
  const isList = Array.isArray(backends) && backends.length > 0 && backends.every((each) => typeof each === "string");
  if (!isList) {
    throw new TypeError(
      `Cannot create authentication as backends must be a list of names: received ${Deno.inspect(backends)}`,
    );
  }
  return {
    users,
    passwords,
    attempts: limits === false ? undefined : new SignInAttempts(limits),
    backends: [...backends],
    loginUrl: checkedLoginUrl("authentication", loginUrl),
  };
}

function assertMethods(option: string, value: unknown, methods: readonly string[]): void {
  for (const method of methods) {
    if (typeof (value as Record<string, unknown> | undefined)?.[method] === "function") continue;
    throw new TypeError(
      `Cannot create authentication as ${option} must be an object with ${
        methods.join("() and ")
      }(): ${method}() is missing`,
    );
  }
}
