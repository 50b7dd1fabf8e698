/** Adds one to the number in a record, many times: `increment.ts KIND PATH KEY TIMES`. */

import { increment } from "../../../testing/_store/kit.ts";
import { openStore } from "./open_store.ts";

const [kind, path, key, times] = Deno.args as [string, string, string, string];
await using opened = await openStore(kind, path);
for (let count = 0; count < Number(times); count++) await increment(opened.store, key);
