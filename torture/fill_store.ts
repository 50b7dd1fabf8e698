// deno-lint-ignore-file no-sync-fn-in-async-fn -- nobody else waits here, and it is several times as fast

/** Stores with very many sessions, made as fast as the machine can. */

import { ensureDir } from "@std/fs/ensure-dir";
import { createHash } from "node:crypto";
import { FileStore, KvStore, type SessionRecord, sqliteClient, SqlStore } from "../sessions/mod.ts";
import { encodeFile } from "../sessions/_file_format.ts";
import { shardOf } from "../sessions/_file_paths.ts";

/**
 * The key of a session in a full store.
 *
 * @param index Its number.
 * @returns Its key.
 */
export function keyAt(index: number): string {
  return createHash("sha256").update(`torture ${index}`).digest("base64url");
}

/**
 * Gives a store with so many sessions: the one of an earlier run, or a new one.
 *
 * @param kind The store: `kv`, `files`, `sqlite` or `mapped`.
 * @param sessions How many.
 * @param say Is told how far it has come.
 * @returns Its address.
 */
export async function filledStore(kind: string, sessions: number, say: (text: string) => void): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  const directory = `${cache}/nuages-torture/${FORMS[kind]}-${sessions}`;
  const address = `${directory}/sessions`;
  if (await Deno.stat(`${directory}/complete`).catch(() => undefined)) return address;
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  await ensureDir(directory);
  await Deno.chmod(directory, 0o700);
  const begun = performance.now();
  await FILLERS[kind]!(address, sessions, say);
  await Deno.writeTextFile(`${directory}/complete`, new Date().toISOString());
  if (sessions > SMALL) say(`made ${sessions} sessions in ${Math.round((performance.now() - begun) / 1000)} s`);
  return address;
}

type Fill = (address: string, sessions: number, say: (text: string) => void) => Promise<void>;

const SMALL = 10_000;

/** What the full ones are called, anew when a store changes the form of what it writes. */
const FORMS: Readonly<Record<string, string>> = {
  kv: "kv",
  files: "files",
  sqlite: "sqlite-by-due",
  mapped: "sqlite-by-due",
};

const FILLERS: Readonly<Record<string, Fill>> = {
  kv: fillKv,
  files: fillFiles,
  sqlite: fillSqlite,
  mapped: fillSqlite,
};

/** Ten years, so that it can be used again. */
const LIFETIME = 10 * 365 * 86_400_000;

function recordAt(index: number): SessionRecord {
  const document = { c: Date.now(), d: { user: `somebody ${index}`, cart: [index, index + 1], text: "x".repeat(200) } };
  return { data: JSON.stringify(document), expires: Date.now() + LIFETIME };
}

/** In transactions of ten thousand. */
async function fillSqlite(address: string, sessions: number): Promise<void> {
  using client = sqliteClient(address);
  // Its rows lie all over the file.
  client.database.exec("PRAGMA cache_size = -400000");
  const store = new SqlStore(client);
  await store.createSchema();
  for (let index = 0; index < sessions;) {
    client.database.exec("BEGIN");
    for (const end = Math.min(index + 10_000, sessions); index < end; index++) {
      await store.create(keyAt(index), recordAt(index));
    }
    client.database.exec("COMMIT");
  }
}

/** Five hundred in one commit, as nobody else writes. */
async function fillKv(address: string, sessions: number): Promise<void> {
  using kv = await Deno.openKv(address);
  const queue: { mutations: Mutation[]; resolve: (result: Deno.KvCommitResult) => void }[] = [];
  const store = new KvStore({ ...kv, atomic: () => recorder(queue) } as unknown as Deno.Kv);
  for (let index = 0; index < sessions;) {
    const end = Math.min(index + 500, sessions);
    const created: Promise<unknown>[] = [];
    for (; index < end; index++) created.push(store.create(keyAt(index), recordAt(index)));
    const operation = kv.atomic();
    const batch = queue.splice(0);
    for (const { mutations } of batch) for (const args of mutations) operation.set(...args);
    const result = await operation.commit();
    if (!result.ok) throw new Error("Deno KV has refused a commit that checks nothing");
    for (const { resolve } of batch) resolve(result);
    await Promise.all(created);
  }
}

type Mutation = Parameters<Deno.AtomicOperation["set"]>;

/** Takes down what a commit would do, for a larger one. */
function recorder(queue: { mutations: Mutation[]; resolve: (result: Deno.KvCommitResult) => void }[]) {
  const mutations: Mutation[] = [];
  const operation = {
    check: () => operation,
    set: (...args: Mutation) => (mutations.push(args), operation),
    commit: () => new Promise<Deno.KvCommitResult>((resolve) => queue.push({ mutations, resolve })),
  };
  return operation;
}

/** Each file at once, in the form that `FileStore` writes, without looking whether one is there. */
async function fillFiles(address: string, sessions: number, say: (text: string) => void): Promise<void> {
  // Makes everything around the records.
  const store = new FileStore(address);
  await store.create(keyAt(0), recordAt(0));
  await store.clearExpired();
  const lines = new Map<string, string[]>();
  for (let index = 1; index < sessions; index++) {
    const [key, record] = [keyAt(index), recordAt(index)];
    const shard = shardOf(key);
    const hour = Math.floor(record.expires / 3_600_000);
    const place = `${address}/.expiry/${hour}`;
    let due = lines.get(`${place}/${shard}`);
    if (due === undefined) {
      lines.set(`${place}/${shard}`, due = []);
      Deno.mkdirSync(place, { recursive: true, mode: 0o700 });
      Deno.mkdirSync(`${address}/${shard}`, { recursive: true, mode: 0o700 });
    }
    due.push(`\n${key} ${record.expires}\n`);
    const bytes = encodeFile({ key, version: crypto.randomUUID() }, record);
    Deno.writeFileSync(`${address}/${shard}/${key}`, bytes, { mode: 0o600 });
    if (index % 100_000 === 0) say(`${index} files`);
  }
  const options = { append: true, mode: 0o600 };
  for (const [path, due] of lines) Deno.writeTextFileSync(path, due.join(""), options);
}
