/**
 * Views for those who have a permission.
 *
 * @module
 */

import { type AsksUser, guard, type GuardDecorator, type GuardOptions } from "./user_passes.ts";

/** What a view must have on its context to ask what the visitor may do. */
export interface AsksPermissions extends AsksUser {
  /**
   * Whether the visitor may do something.
   *
   * @param permissions What.
   * @returns Whether they have all of these permissions.
   */
  hasPermissions(...permissions: string[]): Promise<boolean>;
}

/**
 * Makes a decorator for views that only users with certain permissions may see. Visitors who aren't signed in are sent to sign in; those who are, and lack a permission, get 403.
 *
 * @param permissions One permission, or several, of which all are needed.
 * @param options What is done with those who may not.
 * @returns A function that wraps a view.
 * @throws {TypeError} If there is no permission, or an option can't be used.
 *
 * @example
 * ```ts
 * import { authentication, MemoryUsers, permissionRequired } from "@nuages/web/auth";
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users: new MemoryUsers() }))
 *   .handle(routes({ "/books/add/": permissionRequired("shop.add_book")(() => new Response("a form")) }));
 *
 * assertEquals((await app(new Request("http://localhost/books/add/"))).status, 302);
 * ```
 */
export function permissionRequired(
  permissions: string | readonly string[],
  options: GuardOptions = {},
): GuardDecorator<AsksPermissions> {
  const needed = typeof permissions === "string" ? [permissions] : permissions;
  const isList = Array.isArray(needed) && needed.length > 0 && needed.every((each) => typeof each === "string" && each);
  if (!isList) {
    throw new TypeError(
      `Cannot create permissionRequired as there must be one permission or more, such as "shop.add_book": received ${
        Deno.inspect(permissions)
      }`,
    );
  }
  return guard<AsksPermissions>("permissionRequired", options, (_request, context) => {
    return context.hasPermissions(...needed);
  });
}
