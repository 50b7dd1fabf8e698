/**
 * The limit of a session write: a script that finds the id, reads what is under it, writes it back, and sends the same headers.
 *
 * With KV and SQLite the write is refused if somebody else wrote in between, with files it is whole or not there: less than that keeps no session. With Redis it is
 * a GET and a SET, which loses what others write. Everything else that a store does it leaves out: it locks nothing, keeps no index of what expires, and doesn't
 * hash its ids.
 */

import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";
import { serve } from "./announce.ts";
import { SESSION_COOKIE } from "./page.ts";
import { newId, TWO_WEEKS } from "./session_by_hand.ts";

interface Record {
  count: number;
  expires: number;
}

const [kind = "", directory = ""] = Deno.args;
const count = await opened();

serve(async (request) => {
  const header = request.headers.get("Cookie") ?? "";
  const id = /sessionid=([A-Za-z0-9_-]{43})/.exec(header)?.[1] ?? newId();
  await count(id);
  const expires = new Date(Date.now() + TWO_WEEKS * 1000).toUTCString();
  return new Response("Counted", {
    headers: {
      "Content-Type": "text/plain;charset=UTF-8",
      "Vary": "Cookie",
      "Cache-Control": "private",
      "Set-Cookie": `${SESSION_COOKIE}=${id}; expires=${expires}; HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax`,
    },
  });
});

async function opened(): Promise<(id: string) => Promise<void>> {
  if (kind === "file") return countInFile;
  if (kind === "sqlite") return countInSqlite();
  if (kind === "redis") {
    const client = await createClient({ socket: { host: "127.0.0.1", port: Number(directory) } }).connect();
    return (id) => countInRedis(client, id);
  }
  const kv = await Deno.openKv(`${directory}/kv`);
  return (id) => countInKv(kv, id);
}

async function countInKv(kv: Deno.Kv, id: string): Promise<void> {
  const entry = await kv.get<Record>(["session", id]);
  const next = counted(entry.value ?? undefined);
  const commit = await kv.atomic().check(entry).set(["session", id], next, { expireIn: TWO_WEEKS * 1000 }).commit();
  if (!commit.ok) throw new Error("Somebody else has written");
}

function countInSqlite(): (id: string) => Promise<void> {
  const db = new DatabaseSync(`${directory}/sessions.db`);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  db.exec(
    "CREATE TABLE sessions (id TEXT PRIMARY KEY, data TEXT NOT NULL, expires REAL NOT NULL, version INTEGER NOT NULL)",
  );
  const read = db.prepare("SELECT data, version FROM sessions WHERE id = ? AND expires > ?");
  const create = db.prepare("INSERT INTO sessions VALUES (?, ?, ?, 0)");
  const update = db.prepare(
    "UPDATE sessions SET data = ?, expires = ?, version = version + 1 WHERE id = ? AND version = ?",
  );
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  return async (id) => {
    const row = read.get(id, Date.now());
    const next = counted(row && JSON.parse(String(row.data)));
    const text = JSON.stringify(next);
    const { changes } = row ? update.run(text, next.expires, id, row.version!) : create.run(id, text, next.expires);
    if (changes !== 1) throw new Error("Somebody else has written");
  };
}

async function countInRedis(client: Pick<ReturnType<typeof createClient>, "sendCommand">, id: string): Promise<void> {
  const text = await client.sendCommand(["GET", `session:${id}`]) as string | null;
  const next = counted(text === null ? undefined : JSON.parse(text));
  await client.sendCommand(["SET", `session:${id}`, JSON.stringify(next), "EX", String(TWO_WEEKS)]);
}

async function countInFile(id: string): Promise<void> {
  const path = `${directory}/${id}`;
  const text = await Deno.readTextFile(path).catch(() => undefined);
  await Deno.writeTextFile(`${path}.new`, JSON.stringify(counted(text === undefined ? undefined : JSON.parse(text))));
  await Deno.rename(`${path}.new`, path);
}

function counted(record: Record | undefined): Record {
  const isAlive = record !== undefined && record.expires > Date.now();
  return { count: (isAlive ? record.count : 0) + 1, expires: Date.now() + TWO_WEEKS * 1000 };
}
