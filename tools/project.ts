/** The project's own `deno.json`, read once, and the paths that the tools derive from it. */

import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";

/** What the tools need of `deno.json`. */
export interface ProjectConfig {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly unstable: readonly string[];
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly publish: { readonly include: readonly string[] };
}

/** The folder that holds `deno.json`, with a slash at its end. */
export const ROOT_URL: URL = new URL("../", import.meta.url);

/** The same folder as a path of this system. */
export const ROOT: string = fileURLToPath(ROOT_URL);

/** The parsed `deno.json`. */
export const CONFIG: ProjectConfig = JSON.parse(readFileSync(new URL("deno.json", ROOT_URL), "utf8"));

/** The folders of the library, in the order in which they may import each other: from the left only. */
export const FOLDERS = [
  "cookies",
  "middleware",
  "sessions",
  "messages",
  "auth",
  "project",
  "testing",
  "check",
] as const;

/** The doors of the package as paths below the root: `mod.ts`, `cookies/mod.ts` … */
export const DOORS: readonly string[] = Object.values(CONFIG.exports).map((path) => path.replace(/^\.\//, ""));

/** Says whether a file or a folder below the root is there. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT_URL));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
