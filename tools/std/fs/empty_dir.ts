// Our own stand-in for `@std/fs/empty-dir`: the npm package has no `fs`.

import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** Removes everything in the directory and keeps the directory itself; makes it if it is not there. */
export async function emptyDir(dir: string | URL): Promise<void> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(dir));
    await Promise.all(entries.map(({ name }) => Deno.remove(within(dir, name), { recursive: true })));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(dir, { recursive: true });
  }
}

/** Removes everything in the directory and keeps the directory itself; makes it if it is not there. */
export function emptyDirSync(dir: string | URL): void {
  try {
    for (const { name } of [...Deno.readDirSync(dir)]) Deno.removeSync(within(dir, name), { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dir, { recursive: true });
  }
}

function within(dir: string | URL, name: string): string {
  return join(dir instanceof URL ? fileURLToPath(dir) : dir, name);
}
