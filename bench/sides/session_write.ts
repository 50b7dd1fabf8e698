/** The session write on one of our stores: `deno run session_write.ts kv DIRECTORY`, `redis PORT`, or `denokv ADDRESS` with the token in the environment. */

import { createClient } from "redis";
import { FileStore, KvStore, RedisStore, type SessionStore, sqliteClient, SqlStore } from "../../mod.ts";
import { serve } from "./announce.ts";
import { sessionWriteApp } from "./session_write_app.ts";

const [kind = "", place = ""] = Deno.args;

serve(sessionWriteApp(await openStore()));

async function openStore(): Promise<SessionStore> {
  if (kind === "kv") return new KvStore(await Deno.openKv(`${place}/kv`));
  if (kind === "denokv") return new KvStore(await Deno.openKv(place));
  if (kind === "file") return new FileStore(place);
  if (kind === "sqlite") return await openSqlite();
  if (kind === "redis") {
    const client = await createClient({ socket: { host: "127.0.0.1", port: Number(place) } }).connect();
    return new RedisStore({ send: (...command) => client.sendCommand(command) });
  }
  throw new TypeError(`Cannot open a store of the kind "${kind}": there are kv, denokv, file, sqlite and redis`);
}

async function openSqlite(): Promise<SessionStore> {
  const store = new SqlStore(sqliteClient(`${place}/sessions.db`));
  await store.createSchema();
  return store;
}
