/** The session write on one of our stores: `deno run session_write.ts kv DIRECTORY`, or `denokv ADDRESS` with the token in the environment. */

import { FileStore, KvStore, type SessionStore, sqliteClient, SqlStore } from "../../mod.ts";
import { serve } from "./announce.ts";
import { sessionWriteApp } from "./session_write_app.ts";

const [kind = "", place = ""] = Deno.args;

serve(sessionWriteApp(await openStore()));

async function openStore(): Promise<SessionStore> {
  if (kind === "kv") return new KvStore(await Deno.openKv(`${place}/kv`));
  if (kind === "denokv") return new KvStore(await Deno.openKv(place));
  if (kind === "file") return new FileStore(place);
  if (kind === "sqlite") return await openSqlite();
  throw new TypeError(`Cannot open a store of the kind "${kind}": there are kv, denokv, file and sqlite`);
}

async function openSqlite(): Promise<SessionStore> {
  const store = new SqlStore(sqliteClient(`${place}/sessions.db`));
  await store.createSchema();
  return store;
}
