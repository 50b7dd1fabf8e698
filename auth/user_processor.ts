/**
 * The user in every template.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import type { AsksUser } from "./user_passes.ts";

/**
 * A context processor: gives templates the visitor as `user`, `undefined` if nobody is signed in. Each page that is made of a template reads the session then.
 *
 * @param _request The request.
 * @param context Its context.
 * @returns The data.
 *
 * @example
 * ```ts
 * import { authentication, MemoryUsers, userProcessor } from "@nuages/web/auth";
 * import { contextProcessor, html, pipeline, TemplateResponse } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * // deno-lint-ignore no-explicit-any -- what a template is given
 * const page = ({ user }: any) => html`<p>${user?.name ?? "Sign in"}</p>`;
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users: new MemoryUsers() }))
 *   .use(contextProcessor(userProcessor))
 *   .handle(() => new TemplateResponse(page));
 *
 * assertEquals(await (await app(new Request("http://localhost/"))).text(), "<p>Sign in</p>");
 * ```
 */
export async function userProcessor(
  _request: Request,
  context: Context & AsksUser,
): Promise<Readonly<Record<string, unknown>>> {
  return { user: await context.user() };
}
