/**
 * Views for those who are signed in.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import { describeLayer } from "../middleware/describe_layer.ts";
import { extendWithValues } from "../middleware/extend_with_values.ts";
import type { Handler, Middleware } from "../middleware/handler.ts";
import type { Hooks } from "../middleware/hooks.ts";
import { hasMark, standIn } from "../middleware/marks.ts";
import { inSteps } from "../middleware/steps.ts";
import { checkedLoginUrl, redirectToLogin } from "./redirect_to_login.ts";
import { LOGIN_NOT_REQUIRED } from "./login_not_required.ts";
import type { AsksUser } from "./user_passes.ts";
import type { User } from "./user_source.ts";

/** Options of {@linkcode loginRequired}. */
export interface LoginRequiredOptions {
  /**
   * Where visitors sign in: a path, or an address of another site.
   *
   * @default {that of `authentication()`}
   */
  loginUrl?: string;
  /**
   * Answers visitors who aren't signed in otherwise than by sending them to sign in: 401 for a program, say.
   *
   * @default {a redirect, 302, with `?next=`}
   */
  answer?: (request: Request, context: Context) => Response | Promise<Response>;
}

/** Options of {@linkcode loginRequired} around all views. */
export interface LoginRequiredForAllOptions extends LoginRequiredOptions {
  /** Requests for everybody, for routers whose views can't be marked with `loginNotRequired()`. What answers anything but true or false is an error. */
  exempt?: (request: Request, context: Context) => boolean;
}

/**
 * What a view behind `loginRequired(view)` finds on its context.
 *
 * @typeParam U The user.
 */
export interface HasSignedInUser<U extends User = User> {
  /** Who the visitor is. */
  readonly signedInUser: U;
}

/**
 * The user that a context knows.
 *
 * @typeParam C The context.
 */
export type UserOf<C> = C extends { user(): Promise<infer U> } ? Exclude<U, undefined> & User : User;

/**
 * Sends visitors who aren't signed in to sign in, and lets the others see the view, which knows them as `context.signedInUser`.
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @param options Where one signs in.
 * @returns The view, for those who are signed in.
 * @throws {TypeError} If an option can't be used.
 *
 * @example One view
 * ```ts
 * import { authentication, loginRequired, MemoryUsers } from "@nuages/web/auth";
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users: new MemoryUsers() }))
 *   .handle(routes({
 *     "/": () => new Response("for everybody"),
 *     "/orders/": loginRequired((_request, context) => new Response(`orders of ${context.signedInUser.name}`)),
 *   }));
 *
 * const response = await app(new Request("http://localhost/orders/?page=2"));
 * assertEquals(response.headers.get("Location"), "/accounts/login/?next=/orders/%3Fpage%3D2");
 * ```
 */
export function loginRequired<C extends Context & AsksUser>(
  view: Handler<NoInfer<C> & HasSignedInUser<UserOf<NoInfer<C>>>>,
  options?: LoginRequiredOptions,
): Handler<C>;
/**
 * The same around a view that says what it needs.
 *
 * @typeParam V What the view needs.
 * @param view The view.
 * @param options Where one signs in.
 * @returns The view, for those who are signed in.
 */
export function loginRequired<V extends Context>(
  view: Handler<V>,
  options?: LoginRequiredOptions,
): Handler<Context & Omit<V, keyof Context | keyof HasSignedInUser> & AsksUser<UserNeededBy<V>>>;
/**
 * The same around all views, but those marked with `loginNotRequired()`. (Django's `LoginRequiredMiddleware`.) It is decided when the view is found: what a middleware further
 * in answers itself is for everybody, and so is "not found".
 *
 * @param options Where one signs in.
 * @returns The middleware.
 * @throws {TypeError} If an option can't be used.
 */
export function loginRequired(options?: LoginRequiredForAllOptions): Middleware<AsksUser>;
export function loginRequired(
  viewOrOptions: Handler<never> | LoginRequiredForAllOptions = {},
  viewOptions: LoginRequiredOptions = {},
  // deno-lint-ignore no-explicit-any -- as the overloads say
): any {
  return typeof viewOrOptions === "function" ? aroundOne(viewOrOptions, viewOptions) : aroundAll(viewOrOptions);
}

/**
 * The user that a view asks for.
 *
 * @typeParam V What the view needs.
 */
export type UserNeededBy<V> = V extends { readonly signedInUser: infer U extends User } ? U : User;

function aroundOne(view: Handler<never>, options: LoginRequiredOptions): Handler<Context & AsksUser> {
  const refuse = refusal(options);
  return standIn<never, Context & AsksUser>(view, async (request, context) => {
    const user = await context.user();
    if (user === undefined) return await refuse(request, context);
    return await view(request, extendWithValues(context, { signedInUser: user }) as never);
  });
}

function aroundAll(options: LoginRequiredForAllOptions): Middleware<AsksUser> {
  const refuse = refusal(options);
  const { exempt } = options;
  checkFunction("exempt", exempt);
  const hooks: Hooks<Context & AsksUser> = {
    async processView(request, context, view) {
      if (hasMark(view, LOGIN_NOT_REQUIRED) || exempt !== undefined && isExempt(exempt, request, context)) return;
      if (await context.user() === undefined) return await refuse(request, context);
    },
  };
  const steps = { name: "loginRequired", hooks, leave: (response: Response) => response };
  return describeLayer((next) => inSteps(next, steps), { name: "loginRequired" });
}

function refusal({ loginUrl, answer }: LoginRequiredOptions): NonNullable<LoginRequiredOptions["answer"]> {
  checkFunction("answer", answer);
  if (loginUrl !== undefined) checkedLoginUrl("loginRequired", loginUrl);
  return answer ?? ((_request, context) => redirectToLogin(context, loginUrl));
}

function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`Cannot create loginRequired as ${option} must be a function: received ${Deno.inspect(value)}`);
}

/** A promise would count as true, and let everybody in. */
function isExempt(
  exempt: NonNullable<LoginRequiredForAllOptions["exempt"]>,
  request: Request,
  context: Context,
): boolean {
  const answer: unknown = exempt(request, context);
  if (typeof answer === "boolean") return answer;
  throw new TypeError(
    `Cannot check the visitor as the exempt of loginRequired() must answer true or false: received ${
      Deno.inspect(answer)
    }`,
  );
}
