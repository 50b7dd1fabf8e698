/**
 * Nuages gives any `Deno.serve` handler what Django gives its views: middleware whose order the compiler checks, sessions that lose nothing, messages,
 * cookies and signing. It takes a web `Request` and returns a web `Response`; everything in it can be used alone.
 *
 * @example A site with a cart, safe forms, and "Saved." after a redirect
 * ```ts
 * import { csrf, KvStore, messages, pipeline, redirect, routes, security, sessions } from "@nuages/web";
 *
 * using kv = await Deno.openKv(":memory:");
 * const key = crypto.randomUUID() + crypto.randomUUID(); // in real life from the environment
 *
 * const app = pipeline({ keys: [key] })
 *   .use(security({ hstsSeconds: 31_536_000 }))
 *   .use(sessions<{ cart: string[] }>({ store: new KvStore(kv) }))
 *   .use(csrf())
 *   .use(messages())
 *   .handle(routes({
 *     "POST /cart/": async (_request, context) => {
 *       const session = await context.session();
 *       const item = String((await context.form()).get("item"));
 *       session.update("cart", (cart = []) => [...cart, item]);
 *       context.messages.success(`${item} is in your cart.`);
 *       return redirect("/cart/");
 *     },
 *     "GET /cart/": async (_request, context) => {
 *       const session = await context.session();
 *       return new Response(session.get("cart", []).join(", "));
 *     },
 *   }));
 *
 * // Deno.serve(app), or export default app and `deno serve`
 * const response = await app(new Request("http://localhost/cart/"));
 * console.assert(response.status === 200);
 * ```
 *
 * @module
 */

export * from "./auth/mod.ts";
export * from "./cookies/mod.ts";
export * from "./messages/mod.ts";
export * from "./middleware/mod.ts";
export * from "./project/mod.ts";
export * from "./sessions/mod.ts";
