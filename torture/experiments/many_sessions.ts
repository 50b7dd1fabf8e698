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
    "A process has read every session once. Then it reads sessions at random, one of a full store and one of a store with 1000 in turn, a thousand of each in a round; between them it reads the same without a store, by nothing but a `SELECT`, a `kv.get` or a `Deno.readFile` in the same files. Then another clears 1000 that have expired, in a store with 10 000 and in the full one in turn. Memory is that of two processes more, each of which has read 20 000 times; " +
    "what is mapped of a file, and the system can take back, counts in parentheses. The full stores are made directly in the form that the stores " +
    "write, and kept for the next run. A ratio of reads is the median of the rounds' ratios of medians and, in parentheses, of the 99th percentiles of all rounds together; the goal of 1.2 is for both. That of clearing is the median of the rounds' ratios; the goal is 1.5. Deno KV removes by itself what has expired.",
  columns: [
    "sessions",
    "read, µs",
    "p99, µs",
    "beside 1000",
    "without a store, µs",
    "beside 1000",
    "clearing, ms",
    "beside 10 000",
    "memory, MB",
    "beside 1000",
  ],
  stores: ["kv", "files", "sqlite", "mapped"],
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
  const lines = await inTurn(reader, "read", quick ? 5 : 60, 5);
  const [read, bare] = [figuresOf(lines.map(({ times }) => times)), figuresOf(lines.map(({ bare }) => bare))];
  const clearings = kind.name === "kv" ? [] : await inTurn(await start(SOME, sessions), "clear", quick ? 3 : 15, 2);
  const clearing = figuresOf(clearings.map(({ times }) => times));
  const [memory, beside] = [await memoryOf(await start(sessions)), await memoryOf(await start(FEW))];
  const late = [
    { what: "the time of a read is", ratio: read.ratio, bare: bare.ratio },
    { what: "the 99th percentile of reads is", ratio: read.p99Ratio, bare: bare.p99Ratio },
  ].filter(({ ratio }) => ratio > GOAL);
  return {
    store: kind.title,
    seen: [
      sessions.toLocaleString("en"),
      (read.median * 1000).toFixed(1),
      (read.p99 * 1000).toFixed(1),
      `${read.ratio.toFixed(2)} (${read.p99Ratio.toFixed(2)})`,
      (bare.median * 1000).toFixed(1),
      `${bare.ratio.toFixed(2)} (${bare.p99Ratio.toFixed(2)})`,
      ...clearings.length === 0 ? ["", ""] : [clearing.median.toFixed(0), clearing.ratio.toFixed(2)],
      ...[memory, beside].map(({ own, mapped }) => `${own.toFixed(0)} (${mapped.toFixed(0)})`),
    ],
    floor: late.filter(isFloor).map(inWords),
    broken: [
      ...late.filter((goal) => !isFloor(goal)).map(inWords),
      ...clearing.ratio > 1.5 ? [`clearing takes ${clearing.ratio.toFixed(2)} times as long as among 10 000`] : [],
      ...memory.own > beside.own + 32
        ? [`the process has ${memory.own.toFixed(0)} MB, beside ${beside.own.toFixed(0)} MB`]
        : [],
      // To map a file is to have it counted.
      ...kind.name !== "mapped" && memory.mapped > beside.mapped + 32
        ? [`the process has mapped ${memory.mapped.toFixed(0)} MB, beside ${beside.mapped.toFixed(0)} MB`]
        : [],
    ],
  };
}

/** How much longer a read may take than among few. */
const GOAL = 1.2;

/** Whether what lies below the store misses the goal by as much; two measurements of one thing differ by a tenth. */
function isFloor({ ratio, bare }: { ratio: number; bare: number }): boolean {
  return bare * 1.1 >= ratio;
}

function inWords({ what, ratio, bare }: { what: string; ratio: number; bare: number }): string {
  return `${what} ${ratio.toFixed(2)} times that among 1000 (${bare.toFixed(2)} without a store)`;
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
async function memoryOf(reader: Process): Promise<{ own: number; mapped: number }> {
  const { rss, own } = (await inTurn(reader, "own", 20, 0)).at(-1)!;
  return { own: own / 1e6, mapped: (rss - own) / 1e6 };
}

interface Figures {
  /** Of the full store, in milliseconds. */
  readonly median: number;
  /** Of the full store, in milliseconds. */
  readonly p99: number;
  /** Of medians, beside the store with few. */
  readonly ratio: number;
  /** Of 99th percentiles, beside the store with few. */
  readonly p99Ratio: number;
}

/** Of rounds, each with the times of the store with few and of the full one. */
function figuresOf(rounds: readonly (readonly (readonly number[])[])[]): Figures {
  if (rounds.length === 0) return { median: 0, p99: 0, ratio: 0, p99Ratio: 0 };
  const ratio = quantile(rounds.map(([few, full]) => quantile(full!, 0.5) / quantile(few!, 0.5)), 0.5);
  const [few, full] = [0, 1].map((side) => rounds.flatMap((round) => round[side]!));
  const p99 = quantile(full!, 0.99);
  return { median: quantile(full!, 0.5), p99, ratio, p99Ratio: p99 / quantile(few!, 0.99) };
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;
}
