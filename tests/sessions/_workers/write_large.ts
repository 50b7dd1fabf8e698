/** Tries to write a record of a megabyte where that can't be done: `write_large.ts PATH KEY VERSION`. */

import { FileStore } from "../../../sessions/file_store.ts";
import { newKey, recordOf } from "../../../testing/_store/kit.ts";

const [path, key, version] = Deno.args as [string, string, string];
const store = new FileStore(path);
const large = recordOf("x".repeat(1_000_000));
const attempts = {
  update: () => store.update(key, large, version),
  create: () => store.create(newKey(), large),
};
const outcomes: string[] = [];
for (const [method, attempt] of Object.entries(attempts)) {
  const outcome = await attempt().catch((error) => error);
  outcomes.push(`${method}() ${outcome instanceof Error ? "threw" : `answered ${JSON.stringify(outcome)}`}`);
}
Deno.stdout.writeSync(new TextEncoder().encode(outcomes.join(", ")));
