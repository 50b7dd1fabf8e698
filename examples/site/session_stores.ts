/** The four places this shop can keep its sessions in. The rest of the site does not know which one it is. */

import { CookieStore, FileStore, KvStore, MemoryStore, type SessionStore } from "@nuages/web";
import { join, relative } from "@std/path";

/** What `--store` takes. */
export const STORE_NAMES = ["kv", "file", "memory", "cookie"] as const;

/** The name of a store. */
export type StoreName = typeof STORE_NAMES[number];

/** A store that is ready, and how to leave it. */
export interface OpenStore {
  readonly store: SessionStore | CookieStore;
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
  switch (name) {
    case "kv": {
      const path = join(directory, "sessions.kv");
      const kv = await Deno.openKv(path);
      const place = `in Deno KV, ${shown(path)}`;
      return { store: new KvStore(kv), place, lasts: true, exact: true, close: () => kv.close() };
    }
    case "file": {
      const path = join(directory, "sessions");
      const store = new FileStore(path);
      // What has expired is not served, but lies there until somebody clears it. A larger shop has a crontab for it.
      await store.clearExpired();
      return { store, place: `in files, ${shown(path)}`, lasts: true, exact: true, close() {} };
    }
    case "memory":
      return { store: new MemoryStore(), place: "in memory", lasts: false, exact: true, close() {} };
    case "cookie":
      // The browser has the only copy: of two answers the later one replaces it whole.
      return {
        store: new CookieStore(),
        place: "in the visitors' own cookies, sealed",
        lasts: true,
        exact: false,
        close() {},
      };
  }
}

/** A path as it is typed here. */
function shown(path: string): string {
  const short = relative(Deno.cwd(), path);
  return short.startsWith("..") ? path : short;
}
