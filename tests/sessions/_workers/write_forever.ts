/**
 * Writes one number after the other into a record, and to standard output each that was acknowledged, until it is killed:
 * `write_forever.ts KIND PATH KEY BYTES`. The text of the record is the number, repeated until it has so many bytes.
 */

import { present } from "../../../testing/_store/kit.ts";
import { openStore } from "./open_store.ts";

const [kind, path, key, bytes] = Deno.args as [string, string, string, string];
const { store } = await openStore(kind, path);
for (;;) {
  const { data, expires, version } = await present(store, key);
  const next = `${parseInt(data) + 1} `;
  const result = await store.update(
    key,
    { data: next.repeat(Math.ceil(Number(bytes) / next.length)), expires },
    version,
  );
  // At once, and not through a buffer that dies with the process.
  if (result.status === "written") Deno.stdout.writeSync(new TextEncoder().encode(`${next}\n`));
}
