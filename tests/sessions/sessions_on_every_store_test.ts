/** One suite, five places to keep sessions in: a visitor must not be able to tell them apart. */

import { CookieStore, FileStore, KvStore, MemoryStore } from "@nuages/web/sessions";
import { testSessions } from "./_session_behaviour.ts";

testSessions({
  name: "sessions in memory",
  onServer: true,
  makeBackend: () => ({ store: new MemoryStore() }),
});

testSessions({
  name: "sessions in Deno KV in memory",
  onServer: true,
  makeBackend: async () => {
    const kv = await Deno.openKv(":memory:");
    return { store: new KvStore(kv), close: () => kv.close() };
  },
});

testSessions({
  name: "sessions in Deno KV in a file",
  onServer: true,
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
  makeBackend: async () => {
    const directory = await Deno.makeTempDir();
    return { store: new FileStore(directory), close: () => Deno.remove(directory, { recursive: true }) };
  },
});

testSessions({
  name: "sessions in a cookie",
  onServer: false,
  makeBackend: () => ({ store: new CookieStore() }),
});
