/** What lies on a server and belongs to no record. */

import type { SessionStore } from "../sessions/mod.ts";
import { parseVersion } from "../sessions/_redis_record.ts";

/**
 * Looks through PostgreSQL: every row, and every row's entry in each index.
 *
 * @param url Where it is.
 * @param keys The keys of the records that are there.
 * @returns What was found, in words; and what should be there and isn't.
 */
export async function orphansInPostgres(url: string, keys: ReadonlySet<string>): Promise<string[]> {
  const { default: postgres } = await import("postgres");
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const rows = await sql.unsafe("SELECT session_key, due > expires AS late FROM nuages_sessions");
    await sql.unsafe("CREATE EXTENSION IF NOT EXISTS amcheck");
    // It throws when an index is not in order, or a row has no entry in it.
    const check =
      "SELECT bt_index_parent_check(indexrelid, true) FROM pg_index WHERE indrelid = 'nuages_sessions'::regclass";
    const complaints = await sql.unsafe(check).then(() => [], (error) => [`an index is damaged: ${error}`]);
    return [
      ...unknown(rows.map((row) => String(row.session_key)), keys),
      ...rows.filter(({ late }) => late).map(() => "a record that clearing finds too late"),
      ...complaints,
    ];
  } finally {
    await sql.end();
  }
}

/**
 * Looks through MariaDB: every row, and every row's entry in each index.
 *
 * @param url Where it is.
 * @param keys The keys of the records that are there.
 * @returns What was found, in words.
 */
export async function orphansInMariadb(url: string, keys: ReadonlySet<string>): Promise<string[]> {
  const { default: mariadb } = await import("mariadb");
  const connection = await mariadb.createConnection(url.replace("mysql:", "mariadb:"));
  try {
    const rows: { session_key: string }[] = await connection.query("SELECT session_key FROM nuages_sessions");
    const checks: { Msg_text: string }[] = await connection.query("CHECK TABLE nuages_sessions EXTENDED");
    return [
      ...unknown(rows.map((row) => row.session_key), keys),
      ...checks.filter(({ Msg_text }) => Msg_text !== "OK").map(({ Msg_text }) => `CHECK TABLE: ${Msg_text}`),
    ];
  } finally {
    await connection.end();
  }
}

/**
 * Looks through Redis: every record, every entry of an owner, and whether each record of an owner has the entry that it says. An entry without a record may wait for one for
 * an hour, and then the next list removes it: so those are made two hours older here, and lists are asked for.
 *
 * @param url Where it is.
 * @param store The store.
 * @param keys The keys of the records that are there.
 * @returns What was found, in words; and what should be there and isn't.
 */
export async function orphansInRedis(url: string, store: SessionStore, keys: ReadonlySet<string>): Promise<string[]> {
  const { createClient } = await import("redis");
  const client = await createClient({ url }).connect();
  try {
    const names = await client.keys("*");
    const records = new Map<string, { owner: string; mark: string } | undefined>();
    const owners: { owner: string; name: string }[] = [];
    const found: string[] = [];
    for (const name of names) {
      const [, hash = "", isIndex] = /\{([\w-]{43})\}(:owned)?$/.exec(name) ?? [];
      if (isIndex) owners.push({ owner: hash, name });
      else if (hash === "") found.push("something that no store writes");
      else records.set(hash, parseVersion((await client.get(name))!.slice(3).split("\n", 1)[0]!)?.entry);
    }
    found.push(...unknown([...records.keys()], keys));
    for (const { owner, name } of owners) {
      const entries = await client.zRange(name, 0, -1);
      for (const [key, entry] of records) {
        if (entry?.owner === owner && !entries.includes(`${key}/${entry.mark}`)) {
          found.push("a record without its entry");
        }
      }
      for (const entry of entries.filter((entry) => records.get(entry.split("/")[0]!)?.owner !== owner)) {
        await client.zRem(name, entry);
        const [key, made, nonce] = entry.split("/");
        await client.zAdd(name, { value: `${key}/${Number(made) - 7200}/${nonce}`, score: Date.now() + 3_600_000 });
      }
      await store.list(owner);
      const left = (await client.zRange(name, 0, -1)).filter((entry) =>
        records.get(entry.split("/")[0]!)?.owner !== owner
      );
      found.push(...left.map(() => "an entry of an owner for no record"));
    }
    const listed = new Set(owners.map(({ owner }) => owner));
    for (const entry of records.values()) {
      if (entry !== undefined && !listed.has(entry.owner)) found.push("a record of an owner who has no list");
    }
    return found;
  } finally {
    client.destroy();
  }
}

function unknown(found: readonly string[], keys: ReadonlySet<string>): string[] {
  return found.filter((key) => !keys.has(key)).map(() => "a record that nobody knows");
}
