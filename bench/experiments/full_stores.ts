/** How long a session takes to read from a store with a million of them, beside one with a thousand. */

import type { Bench, Experiment } from "../experiment.ts";
import { ours } from "../measure/programs.ts";
import { SideProcess } from "../measure/side_process.ts";
import { atMost, type Figure, figureOf, type Findings } from "../report/figure.ts";
import { filledStore } from "../../torture/fill_store.ts";
import type { ReaderLine } from "../../torture/programs/reader.ts";

/** The experiment. */
export const fullStores: Experiment = {
  name: "million",
  title: "A session among a million",
  quick: false,
  run,
};

/** The stores, and what lies below each. */
const STORES = [
  { kind: "kv", title: "KvStore, a local database", below: "kv.get" },
  { kind: "files", title: "FileStore", below: "Deno.readFile" },
  { kind: "sqlite", title: "SqlStore, SQLite", below: "a SELECT" },
  { kind: "mapped", title: "SqlStore, SQLite with mappedBytes", below: "a SELECT" },
];

const FEW = 1000;
const FULL = 1_000_000;
const ROUNDS = 40;
const WARM_UP = 5;

/** In seconds: every session is read once. */
const LONGEST = 900;

async function run(bench: Bench): Promise<Findings> {
  const figures: Figure[] = [];
  for (const { kind, title, below } of STORES) {
    const lines = await readInTurn(bench, kind);
    const medians = (of: (line: ReaderLine) => ReaderLine["times"], side: number) =>
      lines.map((line) => medianOf(of(line)[side]!) * 1000);
    const figure = (title: string, of: (line: ReaderLine) => ReaderLine["times"], goal?: ReturnType<typeof atMost>) =>
      figureOf(medians(of, 1), medians(of, 0), { title, beside: "among 1000", goal, unit: "µs" });
    figures.push(figure(`session read among 1,000,000 on ${title}`, ({ times }) => times, atMost(1.2)));
    figures.push(figure(`the same by nothing but ${below}`, ({ bare }) => bare));
  }
  return {
    figures,
    notes: [
      "The stores with a million sessions are those of `deno task torture`, made once and kept in the user's cache directory. All of them had been read once, so that everything was in the system's caches; then sessions were read at random, one of each side in turn.",
    ],
  };
}

async function readInTurn({ cores }: Bench, kind: string): Promise<ReaderLine[]> {
  const stores: string[] = [];
  // The terminal is told of a store that is made here by nothing: the harness says which experiment it is at.
  for (const count of [FEW, FULL]) stores.push(await filledStore(kind, count, () => {}), String(count));
  const program = ours("../torture/programs/reader.ts", [kind, ...stores], ["--unstable-kv"]);
  await using reader = SideProcess.start(program, cores.servers);
  await reader.receive(60);
  await reader.ask("all", LONGEST);
  const lines: ReaderLine[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) lines.push(await reader.ask("read", 60));
  return lines.slice(WARM_UP);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
