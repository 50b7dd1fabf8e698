/** Programs to be checked, in a folder of their own that goes with the test. */

import { toFileUrl } from "@std/path/to-file-url";
import { ROOT_URL } from "../../tools/project.ts";

/** A folder with programs. */
export interface Programs extends AsyncDisposable {
  /** The path of a program in it. */
  pathOf(name: string): string;
}

/** Writes programs, each with the library's own files as they are here. */
export async function programs(texts: Readonly<Record<string, string>>): Promise<Programs> {
  const folder = await Deno.makeTempDir({ prefix: "nuages-check-" });
  const imports = ["middleware", "sessions", "messages"]
    .map((door) => `import * as ${door} from ${JSON.stringify(new URL(`${door}/mod.ts`, ROOT_URL).href)};\n`).join("");
  for (const [name, text] of Object.entries(texts)) await Deno.writeTextFile(`${folder}/${name}`, imports + text);
  return {
    pathOf: (name) => `${folder}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The address of a path. */
export function addressOf(path: string): string {
  return toFileUrl(path).href;
}
