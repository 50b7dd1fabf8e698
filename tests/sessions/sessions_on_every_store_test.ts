/** One suite, twelve places to keep sessions in: a visitor must not be able to tell them apart. */

import {
  CachedStore,
  CookieStore,
  DjangoCacheStore,
  DjangoCookieStore,
  DjangoSessionStore,
  FileStore,
  KvStore,
  MemoryStore,
  RedisStore,
  sqliteClient,
  SqlStore,
} from "@nuages/web/sessions";
import type { RedisClient } from "../../sessions/redis_client.ts";
import { makeDjangoTable } from "./_django_table.ts";
import { REDIS, startRedis } from "./_redis.ts";
import { testSessions } from "./_session_behaviour.ts";

testSessions({
  name: "sessions in memory",
  onServer: true,
  endsForGood: true,
  makeBackend: () => ({ store: new MemoryStore() }),
});

testSessions({
  name: "sessions in Deno KV in memory",
  onServer: true,
  endsForGood: true,
  makeBackend: async () => {
    const kv = await Deno.openKv(":memory:");
    return { store: new KvStore(kv), close: () => kv.close() };
  },
});

testSessions({
  name: "sessions in Deno KV in a file",
  onServer: true,
  endsForGood: true,
  makeBackend: async () => {
    const directory = await Deno.makeTempDir();
    const kv = await Deno.openKv(`${directory}/kv.sqlite`);
    const close = async () => {
      kv.close();
      await Deno.remove(directory, { recursive: true });
    };
    return { store: new KvStore(kv), close };
  },
});

testSessions({
  name: "sessions in files",
  onServer: true,
  endsForGood: true,
  makeBackend: async () => {
    const directory = await Deno.makeTempDir();
    return { store: new FileStore(directory), close: () => Deno.remove(directory, { recursive: true }) };
  },
});

if (REDIS) {
  testSessions({
    name: "sessions in Redis",
    onServer: true,
    endsForGood: true,
    makeBackend: () => inRedis((client) => new RedisStore(client)),
  });
}

if (REDIS) {
  testSessions({
    name: "sessions in Django's cache",
    onServer: true,
    endsForGood: true,
    knowsOrigins: false,
    goesByServer: true,
    isShared: true,
    makeBackend: () => inRedis((client) => new DjangoCacheStore(client)),
  });
}

testSessions({
  name: "sessions in memory before files",
  onServer: true,
  endsForGood: true,
  makeBackend: async () => {
    const directory = await Deno.makeTempDir();
    const store = new CachedStore(new MemoryStore(), new FileStore(directory));
    return { store, close: () => Deno.remove(directory, { recursive: true }) };
  },
});

testSessions({
  name: "sessions in SQLite",
  onServer: true,
  endsForGood: true,
  makeBackend: async () => {
    const client = sqliteClient(":memory:");
    const store = new SqlStore(client);
    await store.createSchema();
    return { store, close: () => client[Symbol.dispose]() };
  },
});

testSessions({
  name: "sessions in Django's table",
  onServer: true,
  endsForGood: true,
  knowsOrigins: false,
  isShared: true,
  makeBackend: async () => {
    const client = sqliteClient(":memory:");
    await makeDjangoTable(client, "django_session");
    return { store: new DjangoSessionStore(client), close: () => client[Symbol.dispose]() };
  },
});

testSessions({
  name: "sessions in Django's cookie",
  onServer: false,
  endsForGood: false,
  knowsOrigins: false,
  makeBackend: () => ({ store: new DjangoCookieStore() }),
});

testSessions({
  name: "sessions in a cookie",
  onServer: false,
  endsForGood: false,
  makeBackend: () => ({ store: new CookieStore() }),
});

testSessions({
  name: "sessions in a cookie with revocations",
  onServer: false,
  endsForGood: true,
  makeBackend: () => ({
    store: new CookieStore({ revocations: new MemoryStore(), absoluteSeconds: 100 * 365 * 86_400 }),
  }),
});

/** A store in a Redis of its own. */
async function inRedis<S>(makeStore: (client: RedisClient) => S): Promise<{ store: S; close: () => Promise<void> }> {
  const server = await startRedis();
  const client = await server.connect();
  const close = async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { store: makeStore(client), close };
}
