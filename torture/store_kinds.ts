/** The stores, and how each is brought up on this machine. */

import { DENOKV, NO_DENOKV, startDenokv } from "../tests/sessions/_denokv.ts";
import { MARIADB, NO_MARIADB, startMariadb } from "../tests/sessions/_mariadb.ts";
import { NO_POSTGRES, POSTGRES, startPostgres } from "../tests/sessions/_postgres.ts";
import { REDIS, startRedis } from "../tests/sessions/_redis.ts";

/** A store as a site would have it. */
export interface StoreKind {
  /** What it is called here. */
  readonly name: string;
  /** What the report calls it. */
  readonly title: string;
  /** Why it can't be tried here, if it can't. */
  readonly missing?: string | undefined;
  /** Brings up an empty one. A directory that is there already is used again. */
  readonly place: (directory: string) => Promise<Place> | Place;
}

/** An empty store, brought up. */
export interface Place extends AsyncDisposable {
  /** What `openStore()` is told. */
  readonly address: string;
  /** Kills its server at once. */
  kill?(): Promise<void>;
  /** Starts the server again on the same data. */
  start?(): Promise<void>;
}

/** The stores, those without a server first. */
export const STORE_KINDS: readonly StoreKind[] = [
  { name: "memory", title: "memory", place: () => inPlace(":memory:") },
  { name: "kv", title: "Deno KV, a local file", place: (directory) => inDirectory(directory, "kv.db") },
  { name: "files", title: "files", place: (directory) => inDirectory(directory, "sessions") },
  { name: "sqlite", title: "SQLite", place: (directory) => inDirectory(directory, "sessions.db") },
  {
    name: "mapped",
    title: "SQLite, mapped into memory",
    place: (directory) => inDirectory(directory, "sessions.db"),
  },
  { name: "cached", title: "memory before SQLite", place: (directory) => inDirectory(directory, "cached.db") },
  { name: "cookies", title: "cookies, with revocations in memory", place: () => inPlace("") },
  {
    name: "denokv",
    title: "Deno KV, a denokv server",
    missing: DENOKV ? undefined : NO_DENOKV,
    place: async () => {
      const server = await startDenokv();
      return onServer(server, server.address);
    },
  },
  {
    name: "postgres",
    title: "PostgreSQL",
    missing: POSTGRES ? undefined : NO_POSTGRES,
    place: async () => {
      const server = await startPostgres({ max_connections: "200" });
      return onServer(server, server.url);
    },
  },
  {
    name: "mariadb",
    title: "MariaDB",
    missing: MARIADB ? undefined : NO_MARIADB,
    place: async () => {
      const server = await startMariadb({ "max-connections": "200" });
      return onServer(server, server.url);
    },
  },
  {
    name: "redis",
    title: "Redis, appendfsync always",
    missing: REDIS ? undefined : "needs redis-server on the path or in REDIS_SERVER (apt-get install redis-server)",
    place: async () => {
      const server = await startRedis("--appendonly", "yes", "--appendfsync", "always");
      return onServer(server, `redis://127.0.0.1:${server.port}`);
    },
  },
];

/**
 * Finds a store.
 *
 * @param name What it is called here.
 * @returns The store.
 */
export function storeKind(name: string): StoreKind {
  const kind = STORE_KINDS.find((kind) => kind.name === name);
  if (kind === undefined) throw new TypeError(`Cannot find a store called "${name}"`);
  return kind;
}

async function inDirectory(directory: string, name: string): Promise<Place> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  return inPlace(`${directory}/${name}`);
}

function inPlace(address: string): Place {
  return { address, [Symbol.asyncDispose]: () => Promise.resolve() };
}

interface Server extends AsyncDisposable {
  kill(): Promise<void>;
  start(): Promise<void>;
}

function onServer(server: Server, address: string): Place {
  return {
    address,
    kill: () => server.kill(),
    start: () => server.start(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
