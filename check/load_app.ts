/**
 * Finding the application in a program.
 *
 * @module
 */

import { type AppDescription, appDescriptionOf } from "../middleware/describe_layer.ts";
import type { App } from "../middleware/pipeline.ts";

/**
 * Imports a module whose default export is an application, as `deno serve` wants it: what `handle()` returned, or an object with that as its `fetch`. Without a default export the one
 * called `app` is taken.
 *
 * @param module Its path, from where the program was started, or its address.
 * @returns The application.
 * @throws {TypeError} If the module has no such export.
 * @throws {Error} If it can't be imported.
 * @internal
 */
export async function loadApp(module: string): Promise<App> {
  const { default: exported, app } = await import(await addressOf(module));
  const found = await exported ?? app;
  for (const candidate of [found, found?.fetch]) if (appDescriptionOf(candidate) !== undefined) return candidate;
  throw new TypeError(
    found === undefined
      ? `${module} has no default export: end it with "export default app", where app is what pipeline().handle() returned`
      : `The default export of ${module} is no application: export what pipeline().handle() returned. A function that builds a pipeline for each request begins with empty stores each time`,
  );
}

/**
 * Tells keys apart without telling them.
 *
 * @param app What an application is made of.
 * @returns A text for each key.
 * @internal
 */
export function fingerprints({ keys }: AppDescription): string[] {
  return keys?.hmacKeys("nuages.check").map((key) => key.export().toString("base64url")) ?? [];
}

async function addressOf(module: string): Promise<string> {
  // A single letter is a drive of Windows.
  if (/^[a-z][a-z0-9+.-]+:/i.test(module)) return module;
  const { pathToFileURL } = await import("node:url");
  return pathToFileURL(module).href;
}
