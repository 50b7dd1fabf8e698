/**
 * The session write by hand, for this one view and each store: `session_write_by_hand.ts kv DIRECTORY`, `redis PORT`. Unlike `session_write_raw.ts` it promises what a session has to: no
 * update is lost, whoever reads the store can't sign in with what is there, and a store that fails or doesn't answer is an error. What is left between this and our store is the price of being general,
 * and of what only files that others may write to need.
 */

import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { isDeveloping } from "./is_developing.ts";
import { keyOf } from "./key_of.ts";
import { SESSION_COOKIE } from "./page.ts";
import { newId, TWO_WEEKS } from "./session_by_hand.ts";
import { inTime } from "./session_write_in_time.ts";
import { openStoreByHand, type StoredText } from "./session_stores_by_hand.ts";

const [kind = "", place = ""] = Deno.args;
const store = await openStoreByHand(kind, place);

serve(async (request, info) => {
  const mayBePlain = isDeveloping(request, info);
  const name = mayBePlain ? SESSION_COOKIE : `__Host-${SESSION_COOKIE}`;
  const expires = Date.now() + TWO_WEEKS * 1000;
  const id = await count(cookieOf(request.headers.get("Cookie"), name), expires);
  const response = new Response("Counted");
  const { headers } = response;
  headers.append("Vary", "Cookie");
  if (!headers.has("Cache-Control")) headers.append("Cache-Control", "private");
  const until = new Date(expires).toUTCString();
  const secure = mayBePlain ? "" : "; Secure";
  headers.append(
    "Set-Cookie",
    `${name}=${id}; expires=${until}; HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax${secure}`,
  );
  return response;
});

/** Counts in the visitor's session, or in a new one, and says which id it has. */
async function count(id: string | undefined, expires: number): Promise<string> {
  if (id !== undefined && ID_REGEXP.test(id)) {
    const key = keyOf(id);
    for (let attempt = 0;; attempt++) {
      const stored = await inTime(store.read(key));
      if (stored === undefined || stored.expires <= Date.now()) break;
      if (await inTime(store.update(key, counted(stored, expires), stored.version))) return id;
      if (attempt === 30) throw new Error("Somebody else was always faster");
      await new Promise((resolve) => setTimeout(resolve, attempt * Math.random()));
    }
  }
  const next = newId();
  await inTime(store.create(keyOf(next), counted(undefined, expires)));
  return next;
}

const ID_REGEXP = /^[\w-]{43}$/;

function counted(stored: StoredText | undefined, expires: number): { data: string; expires: number } {
  const before = stored === undefined ? { count: 0 } : JSON.parse(stored.data) as { count: number };
  return { data: JSON.stringify({ ...before, count: before.count + 1 }), expires };
}
