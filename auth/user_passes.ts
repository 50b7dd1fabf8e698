/**
 * Views for those who pass a test.
 *
 * @module
 */

import type { Awaitable } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import type { Handler } from "../middleware/handler.ts";
import { Forbidden } from "../middleware/http_error.ts";
import { standIn } from "../middleware/marks.ts";
import { checkedLoginUrl, redirectToLogin } from "./redirect_to_login.ts";
import type { User } from "./user_source.ts";

/** What a view must have on its context to ask who the visitor is. */
export interface AsksUser<U extends User = User> {
  /**
   * Who the visitor is.
   *
   * @returns The user; `undefined` if nobody is signed in.
   */
  user(): Promise<U | undefined>;
}

/** What is done with visitors who may not see a view. */
export interface GuardOptions {
  /**
   * Where visitors sign in, if not where `authentication()` was told.
   *
   * @default {that of `authentication()`}
   */
  loginUrl?: string;
  /**
   * Answers 403 also to those who aren't signed in, rather than sending them to sign in. (Django's `raise_exception`.)
   *
   * @default {false}
   */
  forbid?: boolean;
}

/** Wraps a view; what it needs on its context stays the same. */
export interface GuardDecorator<N> {
  /**
   * Wraps a view.
   *
   * @typeParam C What the view needs.
   * @param view The view.
   * @returns The view, for those who may see it.
   */
  <C extends Context & N>(view: Handler<NoInfer<C>>): Handler<C>;
  /**
   * Wraps a view that says what it needs.
   *
   * @typeParam V What the view needs.
   * @param view The view.
   * @returns The view, for those who may see it.
   */
  <V extends Context>(view: Handler<V>): Handler<V & N>;
}

/**
 * Makes a decorator for views that only some users may see. Visitors who aren't signed in are sent to sign in, with the way back (`?next=`); those who are, and don't pass, get 403: they
 * can't help it by signing in once more.
 *
 * @typeParam U The user.
 * @param test Whether a user may see the view. It isn't asked about visitors who aren't signed in.
 * @param options What is done with those who may not.
 * @returns A function that wraps a view.
 * @throws {TypeError} If an option can't be used.
 *
 * @example
 * ```ts
 * import { authentication, MemoryUsers, type User, userPassesTest } from "@nuages/web/auth";
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * interface Reader extends User {
 *   readonly mail: string;
 * }
 * const colleagues = userPassesTest<Reader>((user) => user.mail.endsWith("@shop.example"));
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users: new MemoryUsers<Reader>() }))
 *   .handle(routes({ "/stock/": colleagues(() => new Response("12 left")) }));
 *
 * const response = await app(new Request("http://localhost/stock/"));
 * assertEquals(response.headers.get("Location"), "/accounts/login/?next=/stock/");
 * ```
 */
export function userPassesTest<U extends User>(
  test: (user: U, request: Request) => Awaitable<boolean>,
  options: GuardOptions = {},
): GuardDecorator<AsksUser<U>> {
  if (typeof test !== "function") {
    throw new TypeError(`Cannot create userPassesTest as the test must be a function: received ${Deno.inspect(test)}`);
  }
  return guard<AsksUser<U>>("userPassesTest", options, async (request, context) => {
    const user = await context.user();
    if (user === undefined) return false;
    const answer: unknown = await test(user, request);
    if (typeof answer === "boolean") return answer;
    throw new TypeError(
      `Cannot guard the view as the test of userPassesTest() must answer true or false: received ${
        Deno.inspect(answer)
      }`,
    );
  });
}

/**
 * Makes a decorator for views that must be guarded.
 *
 * @param name What it is called.
 * @param options What is done with visitors who may not see the view.
 * @param allows Whether they may.
 * @returns A function that wraps a view.
 * @internal
 */
export function guard<N extends AsksUser>(
  name: string,
  options: GuardOptions,
  allows: (request: Request, context: Context & N) => Promise<boolean>,
): GuardDecorator<N> {
  const { loginUrl, forbid = false } = options;
  if (loginUrl !== undefined) checkedLoginUrl(name, loginUrl);
  if (typeof forbid !== "boolean") {
    throw new TypeError(`Cannot create ${name} as forbid must be true or false: received ${Deno.inspect(forbid)}`);
  }
  const decorate = (view: Handler<never>) =>
    standIn<never, Context & N>(view, async (request, context) => {
      if (await allows(request, context)) return await view(request, context as never);
      if (forbid || await context.user() !== undefined) throw new Forbidden();
      return redirectToLogin(context, loginUrl);
    });
  return decorate as GuardDecorator<N>;
}
