import {
  CachedStore,
  FileStore,
  KvStore,
  MemoryStore,
  RedisStore,
  type SessionStore,
  type SqlClient,
  sqliteClient,
  type SqliteClientOptions,
  SqlStore,
} from "../sessions/mod.ts";

/** A store, and what closes it. */
export interface OpenedStore extends AsyncDisposable {
  /** The store. */
  readonly store: SessionStore;
  /** The database, of Deno KV. */
  readonly kv?: Deno.Kv;
}

/** How an opened store differs from the usual one. */
export interface OpenOptions {
  /** How old a copy may be, in seconds, of a cached one. */
  readonly staleSeconds?: number;
}

/**
 * Opens a store in this process, as a site would: by the client that most have, which connects again by itself.
 *
 * @param kind What it is called here.
 * @param address Where it is.
 * @param options How it differs.
 * @returns The store. Every handle but one in memory sees the same records.
 */
export async function openStore(kind: string, address: string, options: OpenOptions = {}): Promise<OpenedStore> {
  switch (kind) {
    case "memory":
      return opened(new MemoryStore());
    case "files":
      return opened(new FileStore(address));
    case "kv":
      return await openKv(address);
    case "denokv": {
      const { username: token, host } = new URL(address);
      // How openKv is told, and the only way.
      Deno.env.set("DENO_KV_ACCESS_TOKEN", token);
      return await openKv(`http://${host}`);
    }
    case "sqlite":
      return await openSqlite(address);
    case "mapped":
      return await openSqlite(address, { mappedBytes: 2 ** 30 });
    case "cached": {
      const lasting = await openSqlite(address);
      const { staleSeconds = 0.2 } = options;
      return opened(new CachedStore(new MemoryStore(), lasting.store, { staleSeconds }), lasting[Symbol.asyncDispose]);
    }
    case "postgres":
      return await openPostgres(address);
    case "mariadb":
      return await openMariadb(address);
    case "redis":
      return await openRedis(address);
    default:
      throw new TypeError(`Cannot open a store of the kind "${kind}"`);
  }
}

async function openKv(path: string): Promise<OpenedStore> {
  const kv = await Deno.openKv(path);
  return { ...opened(new KvStore(kv), () => kv.close()), kv };
}

async function openSqlite(path: string, options?: SqliteClientOptions): Promise<OpenedStore> {
  const client = sqliteClient(path, options);
  return await openSql(client, () => client[Symbol.dispose]());
}

// The clients of servers are loaded where they are used, so that the programs of the other stores start fast.

async function openPostgres(address: string): Promise<OpenedStore> {
  const { default: postgres } = await import("postgres");
  // As the documentation of SqlClient says.
  const sql = postgres(address, { max: 4, backoff: () => 0.2, fetch_types: false, connect_timeout: 5 });
  const client: SqlClient = {
    dialect: "postgresql",
    query: (text, values) => sql.unsafe(text, values, { prepare: true }),
  };
  return await openSql(client, () => sql.end({ timeout: 1 }));
}

async function openMariadb(address: string): Promise<OpenedStore> {
  const { default: mariadb } = await import("mariadb");
  const pool = mariadb.createPool(`${address.replace("mysql:", "mariadb:")}?connectionLimit=4`);
  return await openSql({ dialect: "mysql", query: (text, values) => pool.execute(text, values) }, () => pool.end());
}

async function openSql(client: SqlClient, close: () => PromiseLike<void> | void): Promise<OpenedStore> {
  const store = new SqlStore(client);
  await store.createSchema();
  return opened(store, close);
}

async function openRedis(url: string): Promise<OpenedStore> {
  const { createClient } = await import("redis");
  const client = createClient({ url });
  // A client without a listener for its errors ends the process when its connection breaks.
  client.on("error", () => {});
  await client.connect();
  return opened(new RedisStore({ send: (...command) => client.sendCommand(command) }), () => client.destroy());
}

function opened(store: SessionStore, close: () => PromiseLike<void> | void = () => {}): OpenedStore {
  return { store, [Symbol.asyncDispose]: async () => await close() };
}
