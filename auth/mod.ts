/**
 * Who the visitor is: signing in and out, pages for those who are signed in, passwords.
 *
 * {@linkcode authentication} gives views `await context.user()`, `context.authenticate()`, `context.login()` and `context.logout()`. Users come from a {@linkcode UserSource} of yours. Sessions and
 * stored passwords are those of Django. {@linkcode loginRequired}, {@linkcode permissionRequired} and {@linkcode userPassesTest} guard views; {@linkcode remoteUser} takes the user's name from
 * a trusted proxy.
 *
 * @example
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
 *     "/": async (_request, context) => new Response((await context.user())?.name ?? "nobody"),
 *     "/account/": loginRequired((_request, context) => new Response(context.signedInUser.name)),
 *   }));
 *
 * assertEquals(await (await app(new Request("http://localhost/"))).text(), "nobody");
 * assertEquals((await app(new Request("http://localhost/account/"))).headers.get("Location"), "/accounts/login/?next=/account/");
 * ```
 *
 * @module
 */

export * from "./authentication.ts";
export * from "./django_users.ts";
export type * from "./has_user.ts";
export { loginNotRequired } from "./login_not_required.ts";
export * from "./login_required.ts";
export * from "./memory_users.ts";
export * from "./next_path.ts";
export type * from "./password_hasher.ts";
export * from "./passwords.ts";
export * from "./permission_required.ts";
export { redirectToLogin } from "./redirect_to_login.ts";
export * from "./remote_user.ts";
export { sessionAuthHashes } from "./session_auth_hash.ts";
export type { SignInLimits } from "./sign_in_limits.ts";
export { type AsksUser, type GuardDecorator, type GuardOptions, userPassesTest } from "./user_passes.ts";
export * from "./user_processor.ts";
export type * from "./user_source.ts";
