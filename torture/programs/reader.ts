/**
 * Does to some stores what it is told, line by line on its standard input, and says how long it took: `reader.ts KIND (ADDRESS SESSIONS)…`. `read` reads a thousand
 * sessions at random of each, in turn; `all` reads every session of each; `clear` adds a thousand that have expired to each, and removes them.
 */

import { keyAt } from "../fill_store.ts";
import { openStore } from "../open_store.ts";
import type { SessionStore } from "../../sessions/mod.ts";
import { newKey } from "../../testing/_store/kit.ts";

/** What it says. */
export interface ReaderLine {
  /** Of each store, in milliseconds: half of the reads were faster; or how long clearing took. */
  readonly median: readonly number[];
  /** Of each store, in milliseconds: 99 of 100 reads were faster. */
  readonly p99: readonly number[];
  /** How much memory the process has, in bytes. */
  readonly rss: number;
}

const AT_ONCE = 1000;

if (import.meta.main) await main(Deno.args[0]!, Deno.args.slice(1));

async function main(kind: string, args: readonly string[]): Promise<void> {
  const stores: Full[] = [];
  for (let at = 0; at < args.length; at += 2) {
    stores.push({ store: (await openStore(kind, args[at]!)).store, sessions: Number(args[at + 1]) });
  }
  say({});
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const work = text.startsWith("clear") ? clear : text.startsWith("all") ? readAll : read;
    const times = await work(stores);
    for (const each of times) each.sort((a, b) => a - b);
    const line: ReaderLine = {
      median: times.map((each) => each[each.length >> 1]!),
      p99: times.map((each) => each[Math.floor(each.length * 0.99)]!),
      rss: Deno.memoryUsage().rss,
    };
    say(line);
  }
  Deno.exit(0);
}

interface Full {
  readonly store: SessionStore;
  readonly sessions: number;
}

/** In turn, one by one, so that whatever the machine does meanwhile is done to all. */
async function read(stores: readonly Full[]): Promise<number[][]> {
  const times: number[][] = stores.map(() => []);
  for (let count = 0; count < AT_ONCE; count++) {
    for (let turn = 0; turn < stores.length; turn++) {
      const index = (count + turn) % stores.length;
      const { store, sessions } = stores[index]!;
      const key = keyAt(Math.floor(Math.random() * sessions));
      const begun = performance.now();
      const stored = await store.read(key);
      times[index]!.push(performance.now() - begun);
      if (stored === undefined) throw new Error("A session is missing");
    }
  }
  return times;
}

/** From the first to the last, some at once. */
async function readAll(stores: readonly Full[]): Promise<number[][]> {
  const times: number[][] = [];
  for (const { store, sessions } of stores) {
    const begun = performance.now();
    let next = 0;
    await Promise.all(Array.from({ length: 16 }, async () => {
      while (next < sessions) {
        if (await store.read(keyAt(next++)) === undefined) throw new Error("A session is missing");
      }
    }));
    times.push([(performance.now() - begun) / sessions]);
  }
  return times;
}

async function clear(stores: readonly Full[]): Promise<number[][]> {
  const times: number[][] = [];
  for (const { store } of stores) {
    for (let count = 0; count < AT_ONCE; count++) {
      await store.create(newKey(), { data: "x".repeat(300), expires: Date.now() - 1000 });
    }
    const begun = performance.now();
    const removed = await store.clearExpired();
    times.push([performance.now() - begun]);
    if (removed !== AT_ONCE) throw new Error(`${AT_ONCE} have expired, ${removed} were removed`);
  }
  return times;
}

function say(line: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}
