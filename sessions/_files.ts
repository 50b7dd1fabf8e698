/**
 * Replaces a file, or makes it, so that any other process and any crash sees the old contents or the new ones.
 *
 * @param path The file.
 * @param bytes The new contents.
 * @param draft Where to write them first: a path on the same file system, where nothing is.
 * @param durable Whether to wait until all of it is on the disk.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  draft: string,
  durable: boolean,
): Promise<void> {
  try {
    await Deno.writeFile(draft, bytes, { createNew: true, mode: 0o600 });
    if (durable) await sync(draft);
    await renameInto(draft, path, durable);
  } catch (error) {
    // The error to report is the first one; what stays behind here is cleared later.
    await removeIfThere(draft).catch(() => {});
    throw error;
  }
}

/**
 * Waits until a file, or the names in a directory, are on the disk.
 *
 * @param path The file or directory.
 */
export async function sync(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true });
  await file.sync();
}

/**
 * Reads a file.
 *
 * @param path The file.
 * @param atMost How many bytes of it, if not all.
 * @returns The bytes; `undefined` if there is no such file.
 */
export async function readIfThere(path: string, atMost?: number): Promise<Uint8Array | undefined> {
  try {
    if (atMost === undefined) return await Deno.readFile(path);
    using file = await Deno.open(path, { read: true });
    const buffer = new Uint8Array(atMost);
    // One call: what is shorter than asked for on a local file system is the end of the file.
    return buffer.subarray(0, await file.read(buffer) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Reads the beginning of a file that was just read, at once: it is still in memory, where fetching it takes less than asking a thread to.
 *
 * @param path The file.
 * @param atMost How many bytes of it.
 * @returns The bytes; `undefined` if there is no such file.
 */
export function readAgainIfThere(path: string, atMost: number): Uint8Array | undefined {
  try {
    using file = Deno.openSync(path, { read: true });
    const buffer = new Uint8Array(atMost);
    return buffer.subarray(0, file.readSync(buffer) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Removes a file or an empty directory, if it is there.
 *
 * @param path What to remove.
 * @returns Whether it was there.
 */
export async function removeIfThere(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Removes a directory if it is there and nothing is in it.
 *
 * @param path The directory.
 */
export async function removeIfEmpty(path: string): Promise<void> {
  try {
    await removeIfThere(path);
  } catch (error) {
    // Solaris says EEXIST for it.
    if (!["ENOTEMPTY", "EEXIST"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

/**
 * Lists the names in a directory.
 *
 * @param path The directory.
 * @returns The names; none if there is no such directory.
 */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The directory that a path of {@linkcode FilePaths} leads into: they are absolute, and have no slash too many. */
function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Renames a file, into a directory that may have to be made first. */
async function renameInto(from: string, to: string, durable: boolean): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await Deno.rename(from, to);
    if (durable) await sync(dirname(dirname(to)));
  }
  if (durable) await sync(dirname(to));
}
