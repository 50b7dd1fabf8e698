/**
 * A command that removes expired sessions, for a crontab:
 *
 * ```sh
 * deno run --allow-read --allow-write jsr:@nuages/web/clearsessions --file /var/lib/shop/sessions
 * ```
 *
 * or, for a `SqlStore` in SQLite, `--sqlite /var/lib/shop/sessions.db`, with `--table NAME` if it was given a table of its own.
 *
 * It may run while the site is in use, as the user that the site runs as. Sessions that have expired are not served whether it runs or not; without it they take up
 * room. A `MemoryStore` clears itself, and Deno KV removes what has expired. Any other store is cleared by `await store.clearExpired()` in a script, or by a command of
 * one's own that {@linkcode clearSessions} makes.
 *
 * @example What it says
 * ```ts
 * import { clearSessions } from "@nuages/web/clearsessions";
 * import { FileStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * const store = new FileStore(directory);
 * await store.create("k".repeat(43), { data: "{}", expires: Date.now() + 1 });
 * await new Promise((resolve) => setTimeout(resolve, 5));
 * let said = "";
 * const code = await clearSessions(["--file", directory], { say: (text) => said += text });
 *
 * assertEquals([code, said], [0, "1 expired session removed\n"]);
 * await Deno.remove(directory, { recursive: true });
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { showProgressOfClearing } from "./_clearing_progress.ts";
import { parseTable } from "./_sql_table.ts";
import { FileStore } from "./file_store.ts";
import { SqlStore } from "./sql_store.ts";
import { sqliteClient } from "./sqlite_client.ts";
import type { SessionStore } from "./store.ts";

/** A kind of store that the command can clear. */
export interface ClearableStore {
  /** What its flag is followed by, for the help: `DIRECTORY`, `URL`. */
  readonly value: string;
  /** What it is, for the help. */
  readonly what: string;
  /**
   * Opens the store. If that has `Symbol.asyncDispose` or `Symbol.dispose`, it is closed in the end.
   *
   * @param value What stands behind the flag.
   * @returns What is cleared.
   */
  readonly open: (value: string) => Clearable | Promise<Clearable>;
}

/** The part of a store that the command needs. */
export type Clearable = Pick<SessionStore, "clearExpired"> & Partial<Disposable & AsyncDisposable>;

/** Options of {@linkcode clearSessions}. */
export interface ClearSessionsOptions {
  /**
   * Further kinds of stores, by the names of their flags, for a command of one's own; `help`, `quiet` and `table` are taken.
   *
   * @default {none besides `--file` and `--sqlite`}
   */
  readonly stores?: Readonly<Record<string, ClearableStore>>;
  /**
   * Takes what the command has to say.
   *
   * @default {writes to standard output}
   */
  readonly say?: (text: string) => void;
  /**
   * Takes what has gone wrong.
   *
   * @default {writes to standard error}
   */
  readonly complain?: (text: string) => void;
  /**
   * Takes what is shown while it works: one line that is written again each second, with the number of sessions that have been removed
   * so far, if the store tells it ({@linkcode SessionStore.clearExpired}), and of the seconds.
   *
   * @default {writes to standard error, if that is a terminal}
   */
  readonly showProgress?: ((text: string) => void) | undefined;
}

/**
 * Removes the expired sessions of a store.
 *
 * @param args What stands behind the command: a store, such as `--file DIRECTORY` or `--sqlite FILE --table NAME`, and `--quiet`; or `--help`.
 * @param options Further kinds of stores, and where it says what it has to say.
 * @returns The code to exit with: 0 if all went well, 1 if the store failed, 2 if the arguments make no sense.
 *
 * @example A command that knows a store of one's own
 * ```ts
 * import { clearSessions } from "@nuages/web/clearsessions";
 * import { assertEquals } from "@std/assert";
 *
 * const cellar = { clearExpired: () => Promise.resolve(12_345) };
 * const stores = { cellar: { value: "SHELF", what: "the wine cellar", open: () => cellar } };
 * let said = "";
 * const code = await clearSessions(["--cellar", "3"], { stores, say: (text) => said += text });
 *
 * assertEquals([code, said], [0, "12345 expired sessions removed\n"]);
 * ```
 */
export async function clearSessions(args: readonly string[], options: ClearSessionsOptions = {}): Promise<number> {
  const { say = toStandardOutput, complain = toStandardError } = options;
  const showProgress = "showProgress" in options ? options.showProgress : toTerminal();
  const kinds: Readonly<Record<string, KnownStore>> = { ...KINDS, ...options.stores };
  const help = helpOf(kinds);
  const unknown: string[] = [];
  const flags = parseArgs([...args], {
    boolean: ["help", "quiet"],
    string: ["table", ...Object.keys(kinds)],
    alias: { help: "h", quiet: "q" },
    unknown: (arg) => void unknown.push(arg || '""'),
  });
  if (flags.help) return say(help), 0;
  const named = Object.entries(kinds).filter(([name]) => flags[name] !== undefined);
  const [name, kind] = named[0] ?? [];
  const value = name === undefined ? undefined : flags[name];
  const table = flags.table as string | undefined;
  if (unknown.length > 0 || named.length !== 1 || kind === undefined || typeof value !== "string" || value === "") {
    return complain(`${misuse(unknown, named.length)}\n\n${help}`), 2;
  }
  const tableMisuse = table === undefined ? undefined : misuseOfTable(table, kind);
  if (tableMisuse !== undefined) return complain(`${tableMisuse}\n\n${help}`), 2;
  const progress = flags.quiet || showProgress === undefined ? undefined : showProgressOfClearing(showProgress);
  try {
    const store = await kind.open(value, table);
    try {
      const count = await store.clearExpired({ onProgress: progress?.tell });
      progress?.stop();
      if (!flags.quiet) say(`${count} expired ${count === 1 ? "session" : "sessions"} removed\n`);
      return 0;
    } finally {
      await close(store);
    }
  } catch (error) {
    progress?.stop();
    return complain(`Cannot clear sessions: ${error instanceof Error ? error.message : error}\n`), 1;
  }
}

interface KnownStore extends ClearableStore {
  readonly open: (value: string, table?: string) => Clearable | Promise<Clearable>;
  /** Whether `--table` may stand beside its flag: it names a table of a `SqlStore` then. */
  readonly hasTable?: boolean;
}

/** Each kind of store is one line here. */
const KINDS: Readonly<Record<string, KnownStore>> = {
  file: { value: "DIRECTORY", what: "the directory of a FileStore", open: openDirectory },
  sqlite: { value: "FILE", what: "the file of a SqlStore in SQLite", open: openSqlite, hasTable: true },
};

function helpOf(kinds: Readonly<Record<string, ClearableStore>>): string {
  return `Removes sessions that have expired.

Usage: deno run --allow-read --allow-write jsr:@nuages/web/clearsessions STORE [--table NAME] [--quiet]

STORE is one of
${Object.entries(kinds).map(([name, { value, what }]) => `  ${`--${name} ${value}`.padEnd(20)} ${what}`).join("\n")}

Options
  --table NAME         with --sqlite: the table of the SqlStore, unless it is nuages_sessions
  -q, --quiet          say nothing unless something goes wrong
  -h, --help           say this

Exits with 0 if all went well, 1 if the store failed, 2 if the arguments make no sense.
`;
}

function misuse(unknown: readonly string[], stores: number): string {
  if (unknown.length > 0) return `Unknown: ${unknown.join(" ")}`;
  return stores > 1 ? "More than one store: run the command once for each" : "No store was named";
}

function misuseOfTable(table: string, { hasTable = false }: KnownStore): string | undefined {
  if (!hasTable) return "--table goes with --sqlite only";
  try {
    parseTable(table);
    return undefined;
  } catch (error) {
    return (error as TypeError).message;
  }
}

async function openDirectory(path: string): Promise<Clearable> {
  // A store would make the directory, and a slip of the pen would go unnoticed.
  if (!(await Deno.stat(path)).isDirectory) throw new Error(`${path} is no directory`);
  return new FileStore(path);
}

async function openSqlite(path: string, table?: string): Promise<Clearable> {
  if (!(await Deno.stat(path)).isFile) throw new Error(`${path} is no file`);
  const client = sqliteClient(path);
  const store = new SqlStore(client, table === undefined ? {} : { table });
  return { clearExpired: (options) => store.clearExpired(options), [Symbol.dispose]: () => client[Symbol.dispose]() };
}

async function close(store: Clearable): Promise<void> {
  if (store[Symbol.asyncDispose]) await store[Symbol.asyncDispose]!();
  else store[Symbol.dispose]?.();
}

function toTerminal(): ((text: string) => void) | undefined {
  return Deno.stderr.isTerminal() ? toStandardError : undefined;
}

function toStandardOutput(text: string): void {
  writeAll(Deno.stdout, text);
}

function toStandardError(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
}

if (import.meta.main) Deno.exit(await clearSessions(Deno.args));
