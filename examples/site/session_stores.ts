/** The four places this shop can keep its sessions in, and where accounts and letters are then. The rest of the site does not know which one it is. */

import { CookieStore, FileStore, KvStore, MemoryStore, type SessionStore } from "@nuages/web";
import { join, relative } from "@std/path";
import { KvRecords, MemoryRecords, type Records } from "./records.ts";

/** What `--store` takes. */
export const STORE_NAMES = ["kv", "file", "memory", "cookie"] as const;

/** The name of a store. */
export type StoreName = typeof STORE_NAMES[number];

/** A store that is ready, and how to leave it. */
export interface OpenStore {
  readonly store: SessionStore | CookieStore;
  /** Where accounts and letters are: with the sessions, if these are in a database. */
  readonly records: Records;
  /** Where the sessions are, for people. */
  readonly place: string;
  /** Whether they are still there when the shop opens again. */
  readonly lasts: boolean;
  /** Whether two requests that change a session at once both count. */
  readonly exact: boolean;
  /** Closes what was opened, after the last request. */
  close(): void;
}

/** Opens a store; what lasts lies in the directory. */
export async function openStore(name: StoreName, directory: string): Promise<OpenStore> {
  if (name === "memory") {
    const records = new MemoryRecords();
    return { store: new MemoryStore(), records, place: "in memory", lasts: false, exact: true, close() {} };
  }
  const path = join(directory, name === "kv" ? "sessions.kv" : "records.kv");
  const kv = await Deno.openKv(path);
  const shared = { records: new KvRecords(kv), lasts: true, close: () => kv.close() };
  switch (name) {
    case "kv":
      return { ...shared, store: new KvStore(kv), place: `in Deno KV, ${shown(path)}`, exact: true };
    case "file": {
      const folder = join(directory, "sessions");
      const store = new FileStore(folder);
      // What has expired is not served, but lies there until somebody clears it. A larger shop has a crontab for it.
      await store.clearExpired();
      return { ...shared, store, place: `in files, ${shown(folder)}`, exact: true };
    }
    case "cookie": {
      // The browser has the only copy: of two answers the later one replaces it whole. Only what was ended is remembered here.
      const store = new CookieStore({ revocations: new KvStore(kv) });
      return { ...shared, store, place: "in the visitors' own cookies, sealed", exact: false };
    }
  }
}

/** A path as it is typed here. */
function shown(path: string): string {
  const short = relative(Deno.cwd(), path);
  return short.startsWith("..") ? path : short;
}
