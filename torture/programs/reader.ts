/**
 * Does to some stores what it is told, line by line on its standard input, with quotation marks or without, and says how long it took: `reader.ts KIND (ADDRESS SESSIONS)…`. `read` reads a thousand
 * sessions at random of each, in turn, with the store and with nothing but what lies below it; `own` the same with the stores alone; `all` reads every session of each; `clear` adds a thousand that
 * have expired to each, and removes them.
 */

import { type BareRead, bareRead } from "../bare_read.ts";
import { keyAt } from "../fill_store.ts";
import { openStore } from "../open_store.ts";
import type { SessionStore } from "../../sessions/mod.ts";
import { newKey } from "../../testing/_store/kit.ts";

/** What it says. */
export interface ReaderLine {
  /** How long each took, of each store, in milliseconds. */
  readonly times: readonly (readonly number[])[];
  /** The same without the stores; only of `read`. */
  readonly bare: readonly (readonly number[])[];
  /** How much memory the process has, in bytes. */
  readonly rss: number;
  /** How much of that is its own, and not a file's that is mapped. */
  readonly own: number;
}

const AT_ONCE = 1000;

if (import.meta.main) await main(Deno.args[0]!, Deno.args.slice(1));

async function main(kind: string, args: readonly string[]): Promise<void> {
  const stores: Full[] = [];
  for (let at = 0; at < args.length; at += 2) {
    const { store } = await openStore(kind, args[at]!);
    stores.push({ store, bare: await bareRead(kind, args[at]!), sessions: Number(args[at + 1]) });
  }
  say({});
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const what = text.replace(/[\s"]/g, "");
    const read = stores.map(({ store, sessions }) => ({ read: (key: string) => store.read(key), sessions }));
    const bare = stores.map(({ bare, sessions }) => ({ read: bare, sessions }));
    let times: number[][];
    if (what === "clear") times = await clear(stores);
    else if (what === "all") times = await readAll(stores);
    else times = await readInTurn(what === "read" ? [...read, ...bare] : read);
    const rss = Deno.memoryUsage().rss;
    const line: ReaderLine = {
      times: times.slice(0, stores.length),
      bare: times.slice(stores.length),
      rss,
      own: await ownMemory() ?? rss,
    };
    say(line);
  }
  Deno.exit(0);
}

interface Full {
  readonly store: SessionStore;
  readonly bare: BareRead;
  readonly sessions: number;
}

/** In turn, one by one, so that whatever the machine does meanwhile is done to all. */
async function readInTurn(sides: readonly { read: BareRead; sessions: number }[]): Promise<number[][]> {
  const times: number[][] = sides.map(() => []);
  for (let count = 0; count < AT_ONCE; count++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const index = (count + turn) % sides.length;
      const { read, sessions } = sides[index]!;
      const key = keyAt(Math.floor(Math.random() * sessions));
      const begun = performance.now();
      const stored = await read(key);
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

/** Where the system says so. */
async function ownMemory(): Promise<number | undefined> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const kilobytes = /^RssAnon:\s*(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function say(line: unknown): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
