import { DatabaseSync } from "node:sqlite";
import { keyNumber } from "../sessions/_sql_key_number.ts";
import { shardOf } from "../sessions/_file_paths.ts";

/** Reads what lies under a key. */
export type BareRead = (key: string) => unknown;

/**
 * Opens what lies below a full store, and reads it in the shortest way there is: without a store, a version, a deadline or a check of what comes
 * back. What a store takes longer among many sessions than among few, and this does too, is not the store's.
 *
 * @param kind The store: `kv`, `files`, `sqlite` or `mapped`.
 * @param address Where it is.
 * @returns What reads.
 */
export async function bareRead(kind: string, address: string): Promise<BareRead> {
  if (kind === "files") return (key) => Deno.readFile(`${address}/${shardOf(key)}/${key}`);
  if (kind === "kv") {
    const kv = await Deno.openKv(address);
    return (key) => kv.get(["nuages", "sessions", "record", key]);
  }
  const database = new DatabaseSync(address);
  if (kind === "mapped") database.exec("PRAGMA mmap_size = 1073741824");
  const statement = database.prepare("SELECT data FROM nuages_sessions WHERE id = (? << 32) | ?");
  return (key) => statement.get(...keyNumber(key));
}
