/**
 * What a site that uses Nuages is tested with: a kit that holds any session store against the contract, and a browser over a handler, without sockets.
 *
 * It is a door of its own, since {@linkcode sessionStoreTests} registers tests: import it in tests only.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@nuages/web/sessions";
 * import { sessionStoreChecks } from "@nuages/web/testing";
 * import { assert } from "@std/assert";
 *
 * const checks = sessionStoreChecks(() => ({ store: new MemoryStore() }));
 * for (const { run } of checks) await run(); // or sessionStoreTests("MemoryStore", …), for a test each
 * assert(checks.length > 50);
 * ```
 *
 * @module
 */

export * from "./browser_cookies.ts";
export * from "./session_store_tests.ts";
export type * from "./store_test_options.ts";
export * from "./test_browser.ts";
export type * from "./test_browser_options.ts";
