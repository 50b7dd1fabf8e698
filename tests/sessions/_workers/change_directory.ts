/** Makes a `FileStore` with a relative path and then goes elsewhere: `change_directory.ts DIRECTORY`. */

import { FileStore } from "../../../sessions/file_store.ts";
import { created, newKey, present, recordOf } from "../../../testing/_store/kit.ts";

Deno.chdir(Deno.args[0]!);
const store = new FileStore("sessions");
Deno.chdir("a");
const key = newKey();
await created(store, key, recordOf("1"));
await present(store, key);
