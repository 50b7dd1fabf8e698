/** What lies in a store and belongs to no record. */

import { DatabaseSync } from "node:sqlite";
import { walk } from "@std/fs/walk";
import type { OpenedStore } from "./open_store.ts";
import { orphansInMariadb, orphansInPostgres, orphansInRedis } from "./orphans_on_servers.ts";

/**
 * Looks for what belongs to no record.
 *
 * @param kind What the store is called here.
 * @param address Where it is.
 * @param opened The store.
 * @param keys The keys of the records that are there.
 * @returns What was found, in words; and what should be there and isn't.
 */
export async function orphansIn(
  kind: string,
  address: string,
  { kv, store }: OpenedStore,
  keys: ReadonlySet<string>,
): Promise<string[]> {
  if (kv !== undefined) return await orphansInKv(kv, keys);
  if (kind === "files") return await orphansInFiles(address, keys);
  if (kind === "sqlite") return orphansInSqlite(address, keys);
  if (kind === "redis") return await orphansInRedis(address, store, keys);
  if (kind === "postgres") return await orphansInPostgres(address, keys);
  if (kind === "mariadb") return await orphansInMariadb(address, keys);
  throw new TypeError(`Cannot look into a store of the kind "${kind}"`);
}

async function orphansInKv(kv: Deno.Kv, keys: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  const chunks = new Map<string, number>();
  const heads = new Map<string, { data: unknown; owner?: string }>();
  for await (const { key, value } of kv.list({ prefix: ["nuages", "sessions"] })) {
    const [, , place, name, index] = key as string[];
    if (place === "owner") {
      if (!keys.has(index!)) found.push("an entry of an owner for no record");
    } else if (key.length === 4) {
      heads.set(name!, value as { data: unknown });
      if (!keys.has(name!)) found.push("a record that nobody knows");
    } else chunks.set(name!, (chunks.get(name!) ?? 0) + 1);
  }
  for (const [key, count] of chunks) {
    if (heads.get(key)?.data !== count) found.push(`${count} chunks where there should be ${heads.get(key)?.data}`);
  }
  return found;
}

async function orphansInFiles(directory: string, keys: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  const lines = new Set<string>();
  for await (const { path } of walk(directory, { includeDirs: false })) {
    const [place = "", ...rest] = path.slice(directory.length + 1).split("/");
    if (place === ".tmp") found.push("a temporary file");
    else if (place === ".owners" && !keys.has(rest.at(-1)!)) found.push("an entry of an owner for no record");
    else if (place === ".expiry") {
      for (const [, key] of (await Deno.readTextFile(path)).matchAll(/^([\w-]{43}) \S+$/gm)) lines.add(key!);
    } else if (/^[\da-f]{2}$/.test(place) && !keys.has(rest[0]!)) found.push("a record that nobody knows");
  }
  for (const key of keys) if (!lines.has(key)) found.push("a record that clearing will never find");
  return found;
}

function orphansInSqlite(path: string, keys: ReadonlySet<string>): string[] {
  const database = new DatabaseSync(path);
  try {
    const rows = database.prepare("SELECT session_key AS key FROM nuages_sessions").all();
    const [check] = database.prepare("PRAGMA integrity_check").all();
    return [
      ...rows.filter(({ key }) => !keys.has(String(key))).map(() => "a record that nobody knows"),
      ...check?.integrity_check === "ok" ? [] : [`integrity_check: ${check?.integrity_check}`],
    ];
  } finally {
    database.close();
  }
}
