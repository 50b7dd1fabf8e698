import { FilePaths } from "./_file_paths.ts";
import { namesIn, removeIfThere } from "./_files.ts";

/**
 * Makes a directory ready for sessions: creates it if it is missing, and refuses one that is not safe.
 *
 * @param path The directory, absolute.
 * @returns The paths in it, symbolic links resolved, so that a link that is changed later changes nothing.
 * @throws {Error} If it is no directory, others may write to it, or the system has no owners and modes for files.
 */
export async function openDirectory(path: string): Promise<FilePaths> {
  if (Deno.build.os === "windows") {
    throw new Error("Cannot use FileStore on Windows as its files have no owner and mode to check: choose KvStore");
  }
  const root = await createDirectory(path);
  const { mode, uid } = await Deno.stat(root);
  if (isWritableByOthers(mode)) throw openToOthers(path, "it", mode);
  // Nobody gets at what is in a directory that only its user may enter.
  if (mode !== null && (mode & ENTERED_BY_OTHERS) !== 0) await assertInside(path, root);
  const paths = new FilePaths(root);
  await Deno.mkdir(paths.locks, { recursive: true, mode: 0o700 });
  await Deno.mkdir(paths.temporary, { recursive: true, mode: 0o700 });
  const user = await whoWrites(paths);
  if (uid !== user) {
    throw new Error(
      `Cannot keep sessions in ${path} as it belongs to user ${uid} and this process runs as ${user}: ` +
        `run as that user, or choose another directory`,
    );
  }
  return paths;
}

const WRITABLE_BY_OTHERS = 0o022;
const ENTERED_BY_OTHERS = 0o011;

function isWritableByOthers(mode: number | null): mode is number {
  return mode !== null && (mode & WRITABLE_BY_OTHERS) !== 0;
}

function openToOthers(path: string, what: string, mode: number): Error {
  return new Error(
    `Cannot keep sessions in ${path} as others may write to ${what} (mode ${octal(mode)}): run chmod 700 '${path}'`,
  );
}

/** A directory that was brought back, or opened to all with everything in it, may have others inside that are open still: a record there is a session. */
async function assertInside(path: string, root: string): Promise<void> {
  for (const name of await namesIn(root)) {
    const { isDirectory, mode } = await Deno.stat(`${root}/${name}`);
    if (isDirectory && isWritableByOthers(mode)) throw openToOthers(path, `${name} in it`, mode);
  }
}

async function createDirectory(path: string): Promise<string> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    return await Deno.realPath(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists || cause instanceof Deno.errors.NotADirectory)) throw cause;
    throw new Error(`Cannot keep sessions in ${path} as it is not a directory: choose another path`, { cause });
  }
}

/** Whom the files of this process belong to. Asking the system would take one more permission. */
async function whoWrites(paths: FilePaths): Promise<number | null> {
  const probe = paths.draft("00");
  try {
    using file = await Deno.open(probe, { write: true, createNew: true, mode: 0o600 });
    return (await file.stat()).uid;
  } finally {
    await removeIfThere(probe);
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
