/** The session write on one of our stores: `deno run session_write.ts kv DIRECTORY`. */

import { FileStore, KvStore, type SessionStore } from "../../mod.ts";
import { serve } from "./announce.ts";
import { sessionWriteApp } from "./session_write_app.ts";

const [kind = "", directory = ""] = Deno.args;

serve(sessionWriteApp(await openStore()));

async function openStore(): Promise<SessionStore> {
  if (kind === "kv") return new KvStore(await Deno.openKv(`${directory}/kv`));
  if (kind === "file") return new FileStore(directory);
  throw new TypeError(`Cannot open a store of the kind "${kind}": there are kv and file`);
}
