/** How much memory a session takes while nobody asks for it: `deno run --v8-flags=--expose-gc idle_sessions.ts ours|hand COUNT`. */

import { MemoryStore } from "../../mod.ts";
import { announce } from "../sides/announce.ts";

declare const gc: () => void;

const [side = "", count = ""] = Deno.args;
const expires = Date.now() + 1_209_600_000;

const store = new MemoryStore({ maxEntries: Number(count) });
const map = new Map<string, { data: string; expires: number }>();
// The first ones make what is made only once.
await add("warm up");
const before = heap();
for (let index = 0; index < Number(count); index++) await add(String(index));
announce({ bytes: (heap() - before) / Number(count) });
// Both live until here.
if (map.size + (await store.clearExpired()) < 0) throw new Error("Impossible");

async function add(name: string): Promise<void> {
  const key = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
  const data = JSON.stringify({ c: Date.now(), d: { name, cart: ["a book", "another book"] } });
  if (side === "ours") await store.create(key, { data, expires });
  else map.set(key, { data, expires });
}

function heap(): number {
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}
