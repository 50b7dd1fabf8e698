/**
 * A site in one call: {@linkcode recommended} is the pipeline with the layers that belong around every site, in the order in which they belong. What it expands to stands in docs/recommended.md.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@nuages/web/sessions";
 * import { recommended } from "@nuages/web/project";
 * import { redirect, routes } from "@nuages/web/middleware";
 * import { TestBrowser } from "@nuages/web/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const app = recommended({ keys: [crypto.randomUUID()], store: new MemoryStore() }).handle(routes({
 *   "GET /": async (_request, context) => new Response((await context.messages.read()).join(", ")),
 *   "POST /": (_request, context) => {
 *     context.messages.success("Saved.");
 *     return redirect("/");
 *   },
 * }));
 *
 * const browser = new TestBrowser(app);
 * await browser.post("/");
 * assertEquals(await browser.text("/"), "Saved.");
 * ```
 *
 * @module
 */

export * from "./recommended.ts";
export type * from "./recommended_options.ts";
