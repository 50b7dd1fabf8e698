/** Stores with very many sessions, beside the same with few. */

import type { Experiment, Row, Torture } from "../experiment.ts";
import { numbers } from "../../testing/_store/kit.ts";
import { filledStore } from "../fill_store.ts";
import { Process } from "../processes.ts";
import type { ReaderLine } from "../programs/reader.ts";
import type { StoreKind } from "../store_kinds.ts";

/** The experiment. */
export const manySessions: Experiment = {
  name: "many",
  title: "A store that is full is as fast as an empty one",
  about:
    "A process has read every session once. Then it reads sessions at random, one of a full store and one of a store with 1000 in turn, a thousand of each in a round; then another clears 1000 that have expired, in a store with 10 000 and in the full one in turn. Memory is that of two processes more, each of which has read 20 000 times. The full stores are made directly in the form that the stores " +
    "write, and kept for the next run. A ratio is the median of those of the rounds. Read ratios are of medians and, in parentheses, of the 99th percentiles; the goal of 1.2 is for both, that of clearing is 1.5. Deno KV removes by itself what has expired.",
  columns: [
    "sessions",
    "read, ms",
    "p99, ms",
    "beside 1000",
    "clearing, ms",
    "beside 10 000",
    "memory, MB",
    "beside 1000",
  ],
  stores: ["kv", "files", "sqlite"],
  run: measure,
};

async function measure(kind: StoreKind, { sessions, quick, say }: Torture): Promise<Row> {
  const stores = new Map<number, string>();
  for (const count of [FEW, SOME, sessions]) stores.set(count, await filledStore(kind.name, count, say));
  await using stack = new AsyncDisposableStack();
  const start = async (...counts: number[]) => {
    const args = counts.flatMap((count) => [stores.get(count)!, String(count)]);
    const reader = stack.use(Process.ours("programs/reader.ts", [kind.name, ...args]));
    await reader.receive();
    return reader;
  };
  const reader = await start(FEW, sessions);
  // What the system has in its caches must not decide: few sessions are there after a moment anyway.
  await reader.ask("all");
  for (const path of stores.values()) await readThrough(path);
  const reads = await inTurn(reader, "read", quick ? 5 : 15, 5);
  const clearings = kind.name === "kv" ? [] : await inTurn(await start(SOME, sessions), "clear", quick ? 3 : 9, 1);
  const [memory, beside] = [await memoryOf(await start(sessions)), await memoryOf(await start(FEW))];
  const [median, p99] = [ratioOf(reads, "median"), ratioOf(reads, "p99")];
  const clearing = clearings.length === 0 ? 0 : ratioOf(clearings, "median");
  return {
    store: kind.title,
    seen: [
      sessions.toLocaleString("en"),
      medianOf(reads.map(({ median }) => median[1]!)).toFixed(3),
      medianOf(reads.map(({ p99 }) => p99[1]!)).toFixed(3),
      `${median.toFixed(2)} (${p99.toFixed(2)})`,
      clearings.length === 0 ? "" : medianOf(clearings.map(({ median }) => median[1]!)).toFixed(0),
      clearings.length === 0 ? "" : clearing.toFixed(2),
      memory.toFixed(0),
      beside.toFixed(0),
    ],
    broken: [
      ...median > 1.2 ? [`a read takes ${median.toFixed(2)} times as long as among 1000`] : [],
      ...p99 > 1.2 ? [`the 99th percentile of reads is ${p99.toFixed(2)} times that among 1000`] : [],
      ...clearing > 1.5 ? [`clearing takes ${clearing.toFixed(2)} times as long as among 10 000`] : [],
      ...memory > beside + 32 ? [`the process has ${memory.toFixed(0)} MB, beside ${beside.toFixed(0)} MB`] : [],
    ],
  };
}

/** Brings a database into the caches of the system, where it is one file. */
async function readThrough(path: string): Promise<void> {
  const file = await Deno.open(path);
  if ((await file.stat()).isFile) await file.readable.pipeTo(new WritableStream());
  else file.close();
}

const FEW = 1000;
const SOME = 10_000;

async function inTurn(reader: Process, what: string, rounds: number, warmUp: number): Promise<ReaderLine[]> {
  const lines: ReaderLine[] = [];
  for (const round of numbers(rounds + warmUp)) {
    const line = await reader.ask<ReaderLine>(what);
    if (round >= warmUp) lines.push(line);
  }
  return lines;
}

/** In megabytes, after twenty thousand reads. */
async function memoryOf(reader: Process): Promise<number> {
  const lines = await inTurn(reader, "read", 20, 0);
  return lines.at(-1)!.rss / 1e6;
}

function ratioOf(lines: readonly ReaderLine[], figure: "median" | "p99"): number {
  return medianOf(lines.map((line) => line[figure][1]! / line[figure][0]!));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
