/** Processes that are killed while they write. */

import type { Experiment, Row } from "../experiment.ts";
import { newKey, newOwner, numbers } from "../../testing/_store/kit.ts";
import type { OpenedStore } from "../open_store.ts";
import { openStore } from "../open_store.ts";
import { orphansIn } from "../orphans.ts";
import { Process } from "../processes.ts";
import type { WriterArguments, WriterLine } from "../programs/writer.ts";
import type { StoreKind } from "../store_kinds.ts";

/** The experiment. */
export const killedWriters: Experiment = {
  name: "writers",
  title: "Writers that are killed lose nothing",
  about:
    "Four processes at a time create, replace and delete records of 20 bytes to 200 KB, most of which have an owner, on one store, and are killed (`kill -9`) at a random instant within a quarter of a second after the first acknowledged write. After each, " +
    "every record of the killed one must be what was acknowledged last, or what was being written, and be on the list of its owner. In the end, after lists were read and `clearExpired()` was called once, " +
    "everything in the store must belong to a record: chunks, files, entries in indexes.",
  columns: ["kills", "writes acknowledged", "lost", "unreadable", "missing on a list", "orphans"],
  stores: ["files", "sqlite", "kv", "denokv", "postgres", "mariadb", "redis"],
  run: (kind, { quick, directory }) => killWriters(kind, quick ? 20 : 200, directory),
};

/**
 * Kills writers.
 *
 * @param kind The store.
 * @param kills How many.
 * @param directory Where it may write.
 * @returns What was seen.
 */
export async function killWriters(kind: StoreKind, kills: number, directory: string): Promise<Row> {
  await using place = await kind.place(`${directory}/writers_${kind.name}`);
  await using opened = await openStore(kind.name, place.address);
  const tally: Tally = { kills: 0, acknowledged: 0, lost: 0, unreadable: 0, unlisted: 0, complaints: [] };
  const owners = numbers(3).map(newOwner);
  const lanes = numbers(LANES).map(() => new Lane(kind, place.address, owners));
  await Promise.all(lanes.map(async (lane) => {
    while (tally.kills < kills) {
      tally.kills++;
      await lane.killOne(opened, tally);
    }
  }));
  const expected = new Set(lanes.flatMap((lane) => lane.present()));
  for (const owner of owners) {
    for (const { key } of await opened.store.list(owner)) {
      if (!expected.has(key)) tally.complaints.push("a list too long");
    }
  }
  await opened.store.clearExpired();
  const orphans = await orphansIn(kind.name, place.address, opened, expected);
  return {
    store: kind.title,
    seen: [tally.kills, tally.acknowledged, tally.lost, tally.unreadable, tally.unlisted, orphans.length].map(String),
    broken: [...tally.complaints, ...orphans],
  };
}

interface Tally {
  kills: number;
  acknowledged: number;
  lost: number;
  unreadable: number;
  unlisted: number;
  readonly complaints: string[];
}

interface State {
  readonly mark: string;
  readonly owner: string | undefined;
}

/** One writer after the other, on keys of their own. */
class Lane {
  readonly #kind: StoreKind;
  readonly #address: string;
  readonly #owners: readonly string[];
  readonly #states = new Map<string, State | undefined>(numbers(6).map(() => [newKey(), undefined]));
  #run = 0;

  constructor(kind: StoreKind, address: string, owners: readonly string[]) {
    this.#kind = kind;
    this.#address = address;
    this.#owners = owners;
  }

  /** The keys of the records that are there. */
  present(): string[] {
    return [...this.#states].flatMap(([key, state]) => state === undefined ? [] : [key]);
  }

  /** Starts a writer, kills it, and looks at what it has left. */
  async killOne(opened: OpenedStore, tally: Tally): Promise<void> {
    const told: WriterArguments = {
      keys: [...this.#states.keys()],
      owners: this.#owners,
      run: ++this.#run,
      sizes: SIZES,
    };
    const process = Process.ours("programs/writer.ts", [this.#kind.name, this.#address, JSON.stringify(told)]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let begun: WriterLine | undefined;
    for await (const text of { [Symbol.asyncIterator]: () => process.lines }) {
      const line: WriterLine = JSON.parse(text);
      if (line.phase === "end") {
        tally.acknowledged++;
        this.#states.set(line.key, stateOf(line));
        timer ??= setTimeout(() => process.kill(), Math.random() * 250);
      }
      begun = line.phase === "begin" ? line : undefined;
    }
    clearTimeout(timer);
    if (timer === undefined) throw new Error("The writer has ended by itself");
    await process.kill();
    // A server may still be at what the dead has asked for.
    if (!IN_PROCESS.has(this.#kind.name)) await new Promise((resolve) => setTimeout(resolve, 200));
    for (const key of this.#states.keys()) await this.#look(opened, key, begun?.key === key ? begun : undefined, tally);
  }

  async #look({ store }: OpenedStore, key: string, begun: WriterLine | undefined, tally: Tally): Promise<void> {
    const complain = (what: "lost" | "unreadable" | "unlisted", text: string) => {
      tally[what]++;
      tally.complaints.push(text);
    };
    let found;
    try {
      found = await store.read(key, { fresh: true });
    } catch (error) {
      return complain("unreadable", `a record can't be read: ${error}`);
    }
    const marks = new Set(found?.data.split(" ").slice(0, -1));
    if (marks.size > 1) complain("unreadable", "the text of one write is mixed with another's");
    const state: State | undefined = found && { mark: `${[...marks][0]} `, owner: found.owner };
    const allowed = [this.#states.get(key), ...begun === undefined ? [] : [stateOf(begun)]];
    if (!allowed.some((other) => other?.mark === state?.mark && other?.owner === state?.owner)) {
      complain("lost", `${JSON.stringify(allowed)} was acknowledged or begun, ${JSON.stringify(state)} is there`);
    }
    this.#states.set(key, state);
    if (state?.owner === undefined) return;
    const listed = await store.list(state.owner);
    if (!listed.some((other) => other.key === key)) complain("unlisted", "a record is missing on its owner's list");
  }
}

function stateOf({ mark, owner }: WriterLine): State | undefined {
  return mark === undefined ? undefined : { mark, owner };
}

const IN_PROCESS: ReadonlySet<string> = new Set(["files", "sqlite", "kv"]);
const LANES = 4;
const SIZES = [20, 20, 3000, 60_000, 70_000, 200_000];
