import { FileStore, type FileStoreOptions } from "../../sessions/file_store.ts";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";

/** An empty directory that is removed at the end. */
export async function emptyDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Two stores on one directory. */
export async function inDirectory(options?: FileStoreOptions): Promise<StoreUnderTest & { path: string }> {
  const directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  return {
    store: new FileStore(path, options),
    other: new FileStore(path, options),
    path,
    close: () => directory[Symbol.asyncDispose](),
  };
}

/** A store that can't have its directory, as a file is in the way. */
export async function blocked(): Promise<StoreUnderTest> {
  const directory = await emptyDirectory();
  await Deno.writeTextFile(`${directory.path}/file`, "in the way");
  return {
    store: new FileStore(`${directory.path}/file/sessions`),
    close: () => directory[Symbol.asyncDispose](),
  };
}

/** The files of all records, by key. */
export async function recordFiles(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const shard of await namesIn(path)) {
    if (!/^[\da-f]{2}$/.test(shard)) continue;
    for (const key of await namesIn(`${path}/${shard}`)) files.set(key, `${path}/${shard}/${key}`);
  }
  return files;
}

/** All files of a directory but the locks, relative to it. */
export async function filesBelow(path: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesIn(path)) {
    if (name === ".locks") continue;
    if ((await Deno.lstat(`${path}/${name}`)).isDirectory) {
      found.push(...(await filesBelow(`${path}/${name}`)).map((below) => `${name}/${below}`));
    } else found.push(name);
  }
  return found.sort();
}

/** The names in a directory. */
export async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
}
