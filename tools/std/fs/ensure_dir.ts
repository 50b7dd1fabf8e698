// Our own stand-in for `@std/fs/ensure-dir`: the npm package has no `fs`.

/** Makes sure that the directory is there, with its parents. Rejects when something else has its name. */
export async function ensureDir(dir: string | URL): Promise<void> {
  try {
    await Deno.mkdir(dir, { recursive: true });
  } catch (error) {
    // Deno answers this for a file in the way and, in some races, for a directory that has just been made.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    requireDirectory(await Deno.stat(dir));
  }
}

/** Makes sure that the directory is there, with its parents. Throws when something else has its name. */
export function ensureDirSync(dir: string | URL): void {
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    requireDirectory(Deno.statSync(dir));
  }
}

function requireDirectory(info: Deno.FileInfo): void {
  if (info.isDirectory) return;
  throw new Error(`Failed to ensure directory exists: expected 'dir', got '${info.isFile ? "file" : "other"}'`);
}
