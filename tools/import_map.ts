/**
 * The import map for machines that cannot reach JSR, derived from `deno.json` and from the files in `tools/std/`:
 * nothing in it is kept by hand.
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { CONFIG, isThere, ROOT, ROOT_URL } from "./project.ts";
import { JSR_VARIABLE } from "./jsr.ts";

/** A facade of `tools/std/`: the specifier that it stands for and the file that does. */
export interface Facade {
  /** What the project imports: `@std/http/status`. */
  readonly specifier: string;
  /** Where the facade is, below the root: `tools/std/http/status.ts`. */
  readonly path: string;
}

/** Where {@linkcode writeImportMap} leaves the map, below the root. */
export const IMPORT_MAP_PATH = "tools/.generated/import_map.json";

/** Lists the facades of `tools/std/` that stand for a package in the imports of `deno.json`. */
export function facades(): Facade[] {
  const found: Facade[] = [];
  for (const entry of readdirSync(new URL("tools/std/", ROOT_URL), { recursive: true, encoding: "utf8" }).sort()) {
    const path = entry.replaceAll("\\", "/");
    if (!path.endsWith(".ts") || path.endsWith(".d.ts") || path.split("/").at(-1)!.startsWith("_")) continue;
    const specifier = `@std/${path.replace(/\.ts$/, "").replace(/\/mod$/, "").replaceAll("_", "-")}`;
    // Without this, what is missing in deno.json would only be missed where JSR is reached.
    const isListed = specifier.split("/").slice(0, 2).join("/") in CONFIG.imports;
    if (isListed) found.push({ specifier, path: `tools/std/${path}` });
  }
  return found;
}

/** Derives the `imports` that replace those of `deno.json`; `base` is put before every path of the project. */
export function deriveImports(base: string): Record<string, string> {
  const imports: Record<string, string> = {};
  for (const [door, path] of Object.entries(CONFIG.exports)) {
    imports[CONFIG.name + door.slice(1)] = base + path.replace(/^\.\//, "");
  }
  for (const [name, address] of Object.entries(CONFIG.imports)) {
    if (address.startsWith("jsr:")) continue;
    imports[name] = address;
    // What Deno adds by itself for the entries of a deno.json, so that `hono/cors` resolves too.
    if (address.startsWith("npm:")) imports[`${name}/`] = `npm:/${address.slice("npm:".length)}/`;
  }
  for (const { specifier, path } of facades()) imports[specifier] = base + path;
  return imports;
}

/** Writes the map, if it is not there already, and gives its path. Safe while other processes read it. */
export function writeImportMap(): string {
  const text = JSON.stringify({ imports: deriveImports("../../") }, null, 2) + "\n";
  const path = ROOT + IMPORT_MAP_PATH;
  if (isThere(IMPORT_MAP_PATH) && readFileSync(path, "utf8") === text) return path;
  mkdirSync(new URL("tools/.generated/", ROOT_URL), { recursive: true });
  const draft = `${path}.${Deno.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
  return path;
}

/**
 * The arguments that make `deno run`, `test`, `check`, `doc` or `serve` find the imports of the project. A test that
 * starts Deno by itself puts them after the subcommand: `[Deno.execPath(), "run", ...importArguments(), "x.ts"]`.
 *
 * Empty where JSR is reached, or where no tool was asked (plain `deno test`): `deno.json` says it all then.
 */
export function importArguments(): string[] {
  return Deno.env.get(JSR_VARIABLE) === "no" ? ["--no-lock", `--import-map=${writeImportMap()}`] : [];
}
