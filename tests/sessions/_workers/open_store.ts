import { FileStore } from "../../../sessions/file_store.ts";
import { KvStore } from "../../../sessions/kv_store.ts";
import type { SessionStore } from "../../../sessions/store.ts";

/** Opens the store that a worker was told: its kind and its path. */
export async function openStore(kind: string, path: string): Promise<SessionStore & Partial<Disposable>> {
  if (kind === "file") return new FileStore(path);
  if (kind === "durable") return new FileStore(path, { durable: true });
  const kv = await Deno.openKv(path);
  return Object.assign(new KvStore(kv), { [Symbol.dispose]: () => kv.close() });
}
