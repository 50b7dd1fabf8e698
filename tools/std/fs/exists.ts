// Our own stand-in for `@std/fs/exists`: the npm package has no `fs`.

/** What else must hold for a path to count as there. */
export interface ExistsOptions {
  /** It can be read by this user. */
  isReadable?: boolean;
  /** It is a directory, or a link to one. */
  isDirectory?: boolean;
  /** It is a file, or a link to one. */
  isFile?: boolean;
}

/** Says whether the path is there, and is what the options ask for. */
export async function exists(path: string | URL, options: ExistsOptions = {}): Promise<boolean> {
  refuseContradiction(options);
  try {
    return fits(await Deno.stat(path), options);
  } catch (error) {
    return explain(error, path, options);
  }
}

/** Says whether the path is there, and is what the options ask for. */
export function existsSync(path: string | URL, options: ExistsOptions = {}): boolean {
  refuseContradiction(options);
  try {
    return fits(Deno.statSync(path), options);
  } catch (error) {
    return explain(error, path, options);
  }
}

function refuseContradiction({ isDirectory, isFile }: ExistsOptions): void {
  if (isDirectory && isFile) throw new TypeError("Cannot ask for a file and a directory at once: choose one of them");
}

function fits(info: Deno.FileInfo, { isDirectory, isFile, isReadable }: ExistsOptions): boolean {
  if (isDirectory && !info.isDirectory || isFile && !info.isFile) return false;
  return !isReadable || mayRead(info);
}

function mayRead({ mode, uid, gid }: Deno.FileInfo): boolean {
  if (mode === null) return true;
  const bit = Deno.uid() === uid ? 0o400 : Deno.gid() === gid ? 0o040 : 0o004;
  return (mode & bit) !== 0;
}

function explain(error: unknown, path: string | URL, { isReadable }: ExistsOptions): boolean {
  if (error instanceof Deno.errors.NotFound) return false;
  const granted = () => Deno.permissions.querySync({ name: "read", path }).state === "granted";
  // Refused by the file system and not by Deno: something is there that this user may not look at.
  if (error instanceof Deno.errors.PermissionDenied && granted()) return !isReadable;
  throw error;
}
