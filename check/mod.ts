/**
 * Looks an application over before visitors do: the order of its layers, where types can't see it, its cookies, and what a security review asks for. (Django's `check` and
 * `check --deploy`.) `docs/checks.md` explains every rule.
 *
 * It is a command for a program whose default export is the application, as `deno serve` wants it:
 *
 * ```sh
 * deno run --allow-read --allow-env jsr:@nuages/web/check ./main.ts --deploy --probe /
 * ```
 *
 * and a function for a test, which is the place to keep it that way:
 *
 * @example
 * ```ts
 * import { check } from "@nuages/web/check";
 * import { csrf, pipeline, security } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(security({ hstsSeconds: 31_536_000, sslRedirect: true }))
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(csrf())
 *   .handle(() => new Response("hello"));
 *
 * assertEquals(check(app), []);
 * assertEquals(check(app, { deploy: true }).map(({ id }) => id), [
 *   "app.hosts",
 *   "security.hsts_subdomains",
 *   "csp.missing",
 *   "session.memory_store",
 *   "security.hsts_preload",
 *   "proxies.none",
 * ]);
 * ```
 *
 * @module
 */

import { checkCommand } from "./check_command.ts";

export * from "./check.ts";
export * from "./check_command.ts";
export type * from "./finding.ts";
export * from "./probe.ts";
export * from "./report.ts";

if (import.meta.main) Deno.exit(await checkCommand(Deno.args));
