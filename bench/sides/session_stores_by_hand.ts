/** The stores of the session write by hand: as small as they can be, as long as a write is refused when somebody else has written, and a failure is one. */

import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";

/** What was found under a key. */
export interface StoredText {
  readonly data: string;
  readonly expires: number;
  readonly version: string;
}

/** A store. */
export interface StoreByHand {
  /** Reads what is there, expired or not. */
  read(key: string): Promise<StoredText | undefined>;
  /** Adds a text. */
  create(key: string, text: NewText): Promise<void>;
  /** Replaces a text, and says whether it still was the one of that version. */
  update(key: string, text: NewText, version: string): Promise<boolean>;
}

type NewText = Omit<StoredText, "version">;

/** Opens a store. */
export async function openStoreByHand(kind: string, place: string): Promise<StoreByHand> {
  if (kind === "kv") return kvByHand(await Deno.openKv(`${place}/kv`));
  if (kind === "file") return filesByHand(place);
  if (kind === "sqlite") return sqliteByHand(new DatabaseSync(`${place}/sessions.db`));
  return redisByHand(await createClient({ socket: { host: "127.0.0.1", port: Number(place) } }).connect());
}

function kvByHand(kv: Deno.Kv): StoreByHand {
  const placeOf = (key: string) => ["sessions", key];
  const lives = ({ expires }: NewText) => ({ expireIn: Math.max(1, expires - Date.now()) });
  return {
    async read(key) {
      const { value, versionstamp } = await kv.get<NewText>(placeOf(key));
      return value === null ? undefined : { ...value, version: versionstamp! };
    },
    async create(key, text) {
      await kv.set(placeOf(key), text, lives(text));
    },
    async update(key, text, versionstamp) {
      const at = placeOf(key);
      return (await kv.atomic().check({ key: at, versionstamp }).set(at, text, lives(text)).commit()).ok;
    },
  };
}

function sqliteByHand(db: DatabaseSync): StoreByHand {
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 25");
  db.exec(
    "CREATE TABLE sessions (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL, expires REAL NOT NULL, due REAL NOT NULL, " +
      "version TEXT NOT NULL, owner TEXT) STRICT; CREATE INDEX due ON sessions (due)",
  );
  const read = db.prepare("SELECT data, expires, version FROM sessions WHERE key = ?");
  const create = db.prepare("INSERT INTO sessions (key, data, expires, due, version) VALUES (?, ?, ?, ?, ?)");
  const update = db.prepare("UPDATE sessions SET data = ?, expires = ?, version = ? WHERE key = ? AND version = ?");
  return {
    // deno-lint-ignore require-await -- what is thrown has to reject the promise
    async read(key) {
      return read.get(key) as StoredText | undefined;
    },
    // deno-lint-ignore require-await -- as above
    async create(key, { data, expires }) {
      create.run(key, data, expires, expires, crypto.randomUUID());
    },
    // deno-lint-ignore require-await -- as above
    async update(key, { data, expires }, version) {
      return update.run(data, expires, crypto.randomUUID(), key, version).changes === 1;
    },
  };
}

function redisByHand(client: Pick<ReturnType<typeof createClient>, "sendCommand">): StoreByHand {
  const nameOf = (key: string) => `session:{${key}}`;
  const milliseconds = ({ expires }: NewText) => String(Math.max(1, expires - Date.now()));
  const textOf = ({ data, expires }: NewText) => `${crypto.randomUUID()}/${expires}\n${data}`;
  const digest = createHash("sha1").update(UPDATE).digest("hex");
  return {
    async read(key) {
      const text = await client.sendCommand(["GET", nameOf(key)]) as string | null;
      if (text === null) return undefined;
      const end = text.indexOf("\n");
      const version = text.slice(0, end);
      return { data: text.slice(end + 1), expires: Number(version.slice(version.indexOf("/") + 1)), version };
    },
    async create(key, text) {
      await client.sendCommand(["SCRIPT", "LOAD", UPDATE]);
      await client.sendCommand(["SET", nameOf(key), textOf(text), "PX", milliseconds(text)]);
    },
    async update(key, text, version) {
      const command = ["EVALSHA", digest, "1", nameOf(key), `${version}\n`, textOf(text), milliseconds(text)];
      return await client.sendCommand(command) as unknown === 1;
    },
  };
}

const UPDATE = `
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** A version, a deadline and a text, by lines; whoever writes holds the lock of the file. */
function filesByHand(directory: string): StoreByHand {
  const pathOf = (key: string) => `${directory}/${key}`;
  const queues = new Map<string, Promise<unknown>>();

  async function write(key: string, { data, expires }: NewText): Promise<void> {
    const draft = `${directory}/.draft-${crypto.randomUUID()}`;
    const text = `${crypto.randomUUID()}\n${expires}\n${data}`;
    await Deno.writeTextFile(draft, text, { createNew: true, mode: 0o600 });
    await Deno.rename(draft, pathOf(key));
  }

  async function replace(key: string, text: NewText, version: string): Promise<boolean> {
    using lock = lockOf(key);
    if (!lock.tryLockSync(true)) await lock.lock(true);
    if (versionOf(key) !== version) return false;
    await write(key, text);
    return true;
  }

  // Both at once: handing a request to a thread and back takes longer.
  function lockOf(key: string): Deno.FsFile {
    return Deno.openSync(`${directory}/.lock-${key.slice(0, 2)}`, { write: true, create: true });
  }

  function versionOf(key: string): string {
    using file = Deno.openSync(pathOf(key));
    const head = new Uint8Array(36);
    return new TextDecoder().decode(head.subarray(0, file.readSync(head) ?? 0));
  }

  return {
    async read(key) {
      const text = await Deno.readTextFile(pathOf(key)).catch(ignoreMissing);
      if (text === undefined) return undefined;
      const [version, expires, data] = text.split("\n");
      return { data: data!, expires: Number(expires), version: version! };
    },
    create: write,
    update(key, text, version) {
      // Within one process a lock doesn't keep anybody out.
      const shard = key.slice(0, 2);
      const turn = (queues.get(shard) ?? Promise.resolve()).then(() => replace(key, text, version));
      queues.set(shard, turn.catch(() => {}));
      return turn;
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
