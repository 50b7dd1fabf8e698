/**
 * Creates, replaces and deletes records at random, and says before each what it is about to do, and after each that it was done: `writer.ts KIND ADDRESS JSON`, with
 * the keys and owners that it may use. It goes on until it is killed.
 */

import { openStore } from "../open_store.ts";

/** What the program is told. */
export interface WriterArguments {
  /** The keys that nobody else writes to. */
  readonly keys: readonly string[];
  /** The owners that records may have, which others use too. */
  readonly owners: readonly string[];
  /** What its numbers begin with, so that they are unlike those of others. */
  readonly run: number;
  /** How many bytes records may have. */
  readonly sizes: readonly number[];
}

/** What it is about to do, or has done. */
export interface WriterLine {
  readonly phase: "begin" | "end";
  readonly key: string;
  /** What the record holds then; absent for one that is deleted. */
  readonly mark?: string;
  /** Whose it is then. */
  readonly owner?: string | undefined;
}

if (import.meta.main) await main(Deno.args[0]!, Deno.args[1]!, JSON.parse(Deno.args[2]!));

async function main(kind: string, address: string, told: WriterArguments): Promise<void> {
  const { store } = await openStore(kind, address);
  for (let count = 0;; count++) {
    const key = pick(told.keys);
    const found = await store.read(key);
    if (found !== undefined && Math.random() < 0.2) {
      say({ phase: "begin", key });
      await store.delete(key);
      say({ phase: "end", key });
      continue;
    }
    const mark = `${told.run}.${count} `;
    const owner = pick([...told.owners, undefined]);
    const data = mark.repeat(Math.ceil(pick(told.sizes) / mark.length));
    const record = { data, expires: Date.now() + 3_600_000, ...(owner && { owner }) };
    say({ phase: "begin", key, mark, owner });
    const isWritten = found === undefined
      ? await store.create(key, record) !== undefined
      : (await store.update(key, record, found.version)).status === "written";
    if (!isWritten) throw new Error("Nobody else writes here, and yet it was refused");
    say({ phase: "end", key, mark, owner });
  }
}

/** At once, and not through a buffer that dies with the process. */
function say(line: WriterLine): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)]!;
}
