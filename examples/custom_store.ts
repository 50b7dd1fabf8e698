// deno-lint-ignore-file require-await -- SQLite answers at once; as `async` functions, the methods reject where it throws

/** A store of one's own: sessions in SQLite. What each method promises is said in `SessionStore`. */

import { type App, pipeline, sessions } from "@nuages/web";
import type { OwnedSession, SessionRecord, SessionStore, StoredSession, WriteResult } from "@nuages/web";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";

export class SqliteStore implements SessionStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(
      `CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, data TEXT NOT NULL, expires REAL NOT NULL, owner TEXT,
      version TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS sessions_owner ON sessions (owner) WHERE owner IS NOT NULL`,
    );
  }

  async read(key: string): Promise<StoredSession | undefined> {
    const row = this.#db.prepare("SELECT * FROM sessions WHERE key = ? AND expires > ?").get(key, Date.now());
    return row && stored(row);
  }

  async create(key: string, { data, expires, owner }: SessionRecord): Promise<string | undefined> {
    this.#run("DELETE FROM sessions WHERE key = ? AND expires <= ?", key, Date.now());
    const [sql, version] = ["INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, ?)", crypto.randomUUID()];
    return this.#run(sql, key, JSON.stringify(data), expires, owner ?? null, version) === 1 ? version : undefined;
  }

  async update(key: string, { data, expires, owner }: SessionRecord, version: string): Promise<WriteResult> {
    const next = crypto.randomUUID();
    // One statement compares and writes: of two requests that have read the same version, one is written.
    const sql = `UPDATE sessions SET data = ?, expires = ?, owner = ?, version = ?
      WHERE key = ? AND version = ? AND expires > ?`;
    const count = this.#run(sql, JSON.stringify(data), expires, owner ?? null, next, key, version, Date.now());
    if (count === 1) return { status: "written", version: next };
    return { status: await this.read(key) === undefined ? "gone" : "conflict" };
  }

  async delete(key: string): Promise<void> {
    this.#run("DELETE FROM sessions WHERE key = ?", key);
  }

  async list(owner: string): Promise<OwnedSession[]> {
    const rows = this.#db.prepare("SELECT * FROM sessions WHERE owner = ? AND expires > ?").all(owner, Date.now());
    return rows.map((row) => ({ key: String(row.key), ...stored(row) }));
  }

  async clearExpired(): Promise<number> {
    return this.#run("DELETE FROM sessions WHERE expires <= ?", Date.now());
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#db.prepare(sql).run(...values).changes);
  }
}

/** The text lies there as JSON, since a text of SQLite ends at its first NUL. */
function stored({ data, expires, owner, version }: Record<string, SQLOutputValue>): StoredSession {
  const record = { data: JSON.parse(String(data)), expires: Number(expires), version: String(version) };
  return owner === null ? record : { ...record, owner: String(owner) };
}

/** Counts visits, and goes on counting when the program is started again with the same file. */
export function createApp(store: SessionStore): App {
  return pipeline().use(sessions<{ visits: number }>({ store })).handle(async (_request, context) => {
    const session = await context.session();
    return new Response(`Visit ${session.update("visits", (visits = 0) => visits + 1)}\n`);
  });
}

if (import.meta.main) {
  using db = new DatabaseSync(Deno.args[0] ?? ":memory:", { timeout: 5000 });
  await Deno.serve({ hostname: "127.0.0.1" }, createApp(new SqliteStore(db))).finished;
}
