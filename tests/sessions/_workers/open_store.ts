import { FileStore } from "../../../sessions/file_store.ts";
import { KvStore } from "../../../sessions/kv_store.ts";
import { RedisStore } from "../../../sessions/redis_store.ts";
import type { SessionStore } from "../../../sessions/store.ts";

/** Opens the store that a worker was told: its kind and its path, or the port of its server. */
export async function openStore(kind: string, path: string): Promise<SessionStore & Partial<Disposable>> {
  if (kind === "redis") {
    // Only here, as other workers start faster without the clients.
    const { connect } = await import("../_redis.ts");
    const client = await connect(Number(path));
    return Object.assign(new RedisStore(client), { [Symbol.dispose]: () => void client[Symbol.asyncDispose]() });
  }
  if (kind === "file") return new FileStore(path);
  if (kind === "durable") return new FileStore(path, { durable: true });
  const kv = await Deno.openKv(path);
  return Object.assign(new KvStore(kv), { [Symbol.dispose]: () => kv.close() });
}
