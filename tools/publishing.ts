/**
 * The dry run of publishing, on networks with JSR and without.
 *
 * `deno publish` takes no import map. Where JSR is out of reach the files to be published are therefore copied into a
 * folder of their own, with a `deno.json` whose imports are the facades of `tools/std/` as `data:` modules: a package
 * may import JSR, npm and such modules from outside of itself, and nothing else.
 */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { facades } from "./import_map.ts";
import { CONFIG, isThere, ROOT, ROOT_URL } from "./project.ts";
import { captureDeno } from "./run_deno.ts";

/** What the dry run found. */
export interface PublishReport {
  /** The exit code of Deno. */
  readonly code: number;
  /** What Deno printed. */
  readonly output: string;
  /** The files that would be published, as paths below the root. */
  readonly files: readonly string[];
}

/** Does all that publishing does, but the publishing: types, slow types, rules of the registry, list of files. */
export async function dryRunPublish(isJsrReachable: boolean): Promise<PublishReport> {
  if (isJsrReachable) {
    // What is not committed must not be published; while working on something that would only be in the way.
    const dirty = Deno.env.has("CI") ? [] : ["--allow-dirty"];
    return await report(["publish", "--dry-run", ...dirty], ROOT);
  }
  const folder = copyPackage();
  try {
    return await report(["publish", "--dry-run"], folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads the list of files from what `deno publish --dry-run` prints about the package in `folder`. */
export function listedFiles(output: string, folder: string): string[] {
  const urls = [...output.matchAll(/^ +(file:\/\/\S+) \([\d.]+[A-Za-z]*\)$/gm)].map((match) => match[1]!);
  return urls.map((url) => fileURLToPath(url).slice(folder.length).replaceAll("\\", "/").replace(/^\//, "")).sort();
}

/** Gives those of the files that do not belong into the package: anything but the library and its papers. */
export function strangers(files: readonly string[]): string[] {
  const paper = /^(deno\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
  const source =
    /^(mod|(cookies|middleware|sessions|messages|auth|project|testing|check)\/([a-z0-9_]+\/)*(?!\w*_(test|bench)\.)[a-z0-9_]+)\.ts$/;
  return files.filter((file) => !paper.test(file) && !source.test(file));
}

async function report(args: readonly string[], folder: string): Promise<PublishReport> {
  const { code, output } = await captureDeno(args, folder);
  return {
    code,
    output: output.replaceAll(pathToFileURL(join(folder, "/")).href, ""),
    files: listedFiles(output, folder),
  };
}

function copyPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), "nuages_publish_"));
  for (const path of CONFIG.publish.include) {
    if (isThere(path)) cpSync(new URL(path, ROOT_URL), join(folder, path), { recursive: true });
  }
  const imports = Object.fromEntries(facades().map(({ specifier, path }) => [specifier, asDataModule(path)]));
  writeFileSync(join(folder, "deno.json"), JSON.stringify({ ...CONFIG, imports }, null, 2));
  return folder;
}

/** Turns a facade, with all that it imports from beside it, into a module that is its own address. */
function asDataModule(path: string): string {
  const url = new URL(path, ROOT_URL);
  const text = readFileSync(url, "utf8").replaceAll(
    /(from |@ts-types=)"(\.\.?\/[^"]+)"/g,
    (_match, before, specifier) => `${before}"${asDataModule(new URL(specifier, url).href)}"`,
  );
  // A data: module is never a declaration file, but it may declare.
  const source = path.endsWith(".d.ts")
    ? text.replaceAll(/^export (?=function|class|const)/gm, "export declare ")
    : text;
  return `data:application/typescript;base64,${new TextEncoder().encode(source).toBase64()}`;
}
