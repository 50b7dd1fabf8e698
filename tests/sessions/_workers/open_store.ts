import { FileStore } from "../../../sessions/file_store.ts";
import { KvStore } from "../../../sessions/kv_store.ts";
import { RedisStore } from "../../../sessions/redis_store.ts";
import { SqlStore } from "../../../sessions/sql_store.ts";
import { sqliteClient } from "../../../sessions/sqlite_client.ts";
import type { SessionStore } from "../../../sessions/store.ts";

/** A store, and what closes it. */
export interface OpenedStore extends AsyncDisposable {
  /** The store. */
  readonly store: SessionStore;
}

/** Opens the store that a worker was told: its kind, and its path, or the address or port of a server. */
export async function openStore(kind: string, path: string): Promise<OpenedStore> {
  if (kind === "file") return opened(new FileStore(path));
  if (kind === "durable") return opened(new FileStore(path, { durable: true }));
  if (kind === "sqlite") {
    const client = sqliteClient(path);
    return await openedSql(new SqlStore(client), () => client[Symbol.dispose]());
  }
  if (kind === "postgres") {
    // Here, so that the other kinds of workers don't load the clients of servers.
    const { openPostgres } = await import("../_sql_clients.ts");
    const opened = openPostgres(path);
    return await openedSql(new SqlStore(opened.client), () => opened[Symbol.asyncDispose]());
  }
  if (kind === "redis") {
    const { connect } = await import("../_redis.ts");
    const client = await connect(Number(path));
    return opened(new RedisStore(client), () => client[Symbol.asyncDispose]());
  }
  const kv = await Deno.openKv(path);
  return opened(new KvStore(kv), () => kv.close());
}

/** Every process brings the schema up to date, as a site does when it starts. */
async function openedSql(store: SqlStore, close: () => PromiseLike<void> | void): Promise<OpenedStore> {
  await store.createSchema();
  return opened(store, close);
}

function opened(store: SessionStore, close: () => PromiseLike<void> | void = () => {}): OpenedStore {
  return { store, [Symbol.asyncDispose]: async () => await close() };
}
