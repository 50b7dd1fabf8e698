/** Many increments from many processes: none may get lost. */

import type { Experiment, Row, Torture } from "../experiment.ts";
import { numbers } from "../../testing/_store/kit.ts";
import { Process, remote, type RemoteSite, startSite } from "../processes.ts";
import { type Site, Visitor } from "../site_app.ts";
import { type StoreKind, storeKind } from "../store_kinds.ts";

/** The experiment. */
export const counts: Experiment = {
  name: "counts",
  title: "No update is lost",
  about:
    "A site in 8 processes (memory and MemoryStore: in one), asked over HTTP by 24 connections at once, four requests of a visitor in a row, to add one to a number in the session with `session.update()`. Each view waits for a millisecond " +
    "between reading the session and changing it, as one that asks a database does. _Refused_ are requests that others overtook 30 times in a row; they are answered 503, nothing of them is stored, and they were sent again. " +
    "The others do the same, in the way their documentation shows.",
  columns: ["sessions", "processes", "increments", "counted", "lost", "refused", "seconds"],
  stores: ["memory", "kv", "files", "sqlite", "cached", "denokv", "postgres", "mariadb", "redis"],
  async run(kind, torture) {
    const rows = [];
    for (const sessions of [1, 100]) {
      rows.push(await countOn(kind, { ...loadOf(torture), sessions }, torture.directory));
    }
    return rows;
  },
  beside,
};

/** How much is asked. */
export interface CountLoad {
  /** How many increments in all. */
  readonly increments: number;
  /** From how many processes. */
  readonly processes: number;
  /** On how many sessions. */
  readonly sessions: number;
}

function loadOf({ quick }: Torture): Omit<CountLoad, "sessions"> {
  return { increments: quick ? 800 : 10_000, processes: quick ? 3 : 8 };
}

/**
 * Counts on one of our stores.
 *
 * @param kind The store.
 * @param load How much is asked.
 * @param directory Where it may write.
 * @returns What was seen.
 */
export async function countOn(kind: StoreKind, load: CountLoad, directory: string): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await kind.place(`${directory}/counts_${kind.name}_${load.sessions}`));
  const processes = kind.name === "memory" ? 1 : load.processes;
  const start = () => startSite({ kind: kind.name, address: place.address });
  return await count(kind.title, stack, await startAll(processes, start), load);
}

async function startAll(count: number, start: () => Promise<RemoteSite>): Promise<RemoteSite[]> {
  // The first one by itself: it makes the tables.
  return [await start(), ...await Promise.all(numbers(count - 1).map(start))];
}

async function count(title: string, stack: AsyncDisposableStack, remotes: RemoteSite[], load: CountLoad): Promise<Row> {
  const sites = remotes.map((remote) => stack.use(remote).site);
  const visitors = await Promise.all(
    numbers(load.sessions).map(async () => {
      const visitor = new Visitor();
      await visitor.ask(sites[0]!, "/in?user=ada");
      return visitor;
    }),
  );
  let [next, refused] = [0, 0];
  const failures: string[] = [];
  const begun = performance.now();
  await Promise.all(
    numbers(AT_ONCE).map(async () => {
      while (next < load.increments) {
        const index = next++;
        while (
          await addOne(
            sites[index % sites.length]!,
            visitors[(Math.floor(index / TOGETHER) * 7919) % visitors.length]!,
            failures,
          )
        ) refused++;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  // What another process of a cached store has written is seen here when a copy has become too old.
  await new Promise((resolve) => setTimeout(resolve, STALE));
  const ends = await Promise.all(visitors.map((visitor) => visitor.copy().ask(sites.at(-1)!, "/")));
  const counted = ends.reduce((sum, { body }) => sum + (body.count ?? 0), 0);
  const lost = load.increments - counted;
  return {
    store: title,
    seen: [load.sessions, sites.length, load.increments, counted, lost, refused, seconds.toFixed(1)].map(String),
    broken: [...failures, ...lost === 0 ? [] : [`${lost} of ${load.increments} increments were lost`]],
  };
}

/** Adds one, and says whether it has to be tried again. */
async function addOne(site: Site, visitor: Visitor, failures: string[]): Promise<boolean> {
  // A copy, so that what a peer sends back doesn't matter: the session stays the same.
  const { status, again } = await visitor.copy().ask(site, "/add?hold=1");
  if (status === 200) return false;
  if (status === 503 && again) return true;
  failures.push(`status ${status}`);
  return false;
}

/** Others, with the same requests. */
async function beside(torture: Torture): Promise<Row[]> {
  const redis = storeKind("redis");
  const rows: Row[] = [];
  for (const { title, program, onRedis } of PEERS) {
    if (onRedis && redis.missing) continue;
    for (const sessions of [1, 100]) {
      await using stack = new AsyncDisposableStack();
      const address = onRedis ? stack.use(await redis.place("")).address : "";
      const load = { ...loadOf(torture), sessions };
      const remotes = await startAll(
        onRedis ? load.processes : 1,
        () => remote(Process.peer(`peers/${program}`, [address])),
      );
      rows.push({ ...await count(title, stack, remotes, load), isBeside: true });
    }
  }
  return rows;
}

const PEERS = [
  { title: "express-session, its MemoryStore", program: "express_session.ts", onRedis: false },
  { title: "express-session, connect-redis", program: "express_session.ts", onRedis: true },
  { title: "@hono/session, a Map as storage", program: "hono_session.ts", onRedis: false },
  { title: "@hono/session, Redis as storage", program: "hono_session.ts", onRedis: true },
];

/** In milliseconds: more than the cached store has been told. */
const STALE = 300;
const AT_ONCE = 24;
/** So many requests in a row are of one visitor, as a page and what belongs to it. */
const TOGETHER = 4;
