import type { Context } from "../middleware/context.ts";
import type { AuthVisit } from "./_auth_visit.ts";
import type { User } from "./user_source.ts";

/** Where authentication() keeps its dealings with a request on the context, for the library's own layers. */
export const AUTH: unique symbol = Symbol("authentication");

/**
 * What authentication() knows of a request.
 *
 * @param context The request's context.
 * @returns Its dealings; `undefined` if something else adds the user.
 */
export function visitOf(context: Context): AuthVisit<User> | undefined {
  return (context as Context & { readonly [AUTH]?: AuthVisit<User> })[AUTH];
}
