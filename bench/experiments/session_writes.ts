/** What a request costs that changes the session, on the stores that last: beside a script that does just the raw read and write. */

import type { Bench, Experiment } from "../experiment.ts";
import { ours } from "../measure/programs.ts";
import { type Prepared, race } from "../measure/race.ts";
import { compare } from "../measure/race_figures.ts";
import { type Missing, type Server, startRedis } from "../measure/redis_server.ts";
import { Visitor } from "../measure/visitor.ts";
import { MemoryStore, type SessionStore } from "../../mod.ts";
import { atLeast, type Findings } from "../report/figure.ts";
import { sessionWriteApp } from "../sides/session_write_app.ts";

/** The experiment. */
export const sessionWrites: Experiment = {
  name: "writes",
  title: "A request that changes the session",
  quick: true,
  run,
};

/** The stores. A new one is a line here, and one in each of the sides. */
const STORES: readonly Store[] = [
  { kind: "kv", title: "session write on KvStore, a local database" },
  { kind: "file", title: "session write on FileStore" },
  { kind: "sqlite", title: "session write on SqlStore, SQLite" },
  { kind: "redis", title: "session write on RedisStore", start: startRedis },
];

interface Store {
  /** What the sides are told. */
  readonly kind: string;
  readonly title: string;
  /** Starts the server that all sides use, and says what they are told of it; without, each has a directory of its own. */
  readonly start?: (bench: Bench) => Promise<Server | Missing>;
}

const CONNECTIONS = 16;

async function run(bench: Bench): Promise<Findings> {
  const calls = await countCalls(20);
  const figures = [];
  for (const { kind, title, start } of STORES) {
    const server = await start?.(bench);
    if (server && "missing" in server) {
      figures.push({ title, beside: BESIDE, skipped: server.missing });
      continue;
    }
    await using _stopped = server;
    const sides = [];
    for (const program of bench.quick ? [RAW, OURS] : [RAW, OURS, BY_HAND]) {
      const place = server?.place ?? await directoryFor(`${kind}_${program}`, bench);
      sides.push({ name: program, program: ours(`sides/${program}.ts`, [kind, place], KV) });
    }
    const [raw, stored, byHand] = await race(sides, { ...bench, prepare, connections: CONNECTIONS }, bench);
    figures.push(
      compare(stored!, raw!, { title, beside: BESIDE, goal: atLeast(0.9), by: "clock" }),
      ...byHand ? [compare(stored!, byHand, { title, beside: "by hand, with the same promises", by: "clock" })] : [],
    );
  }
  return { figures, notes: [`A request that changes the session made ${calls}, counted at the store.`] };
}

const RAW = "session_write_raw";
const OURS = "session_write";
const BY_HAND = "session_write_by_hand";
const KV = ["--unstable-kv"];
const BESIDE = "a script with the raw read and write";

/** No two sides may find each other's files. */
async function directoryFor(name: string, { directory }: Bench): Promise<string> {
  const path = `${directory}/${name}`;
  await Deno.mkdir(path);
  return path;
}

/** Every connection is another visitor, so that nobody waits for somebody else's write. */
async function prepare(port: number): Promise<Prepared> {
  const visitors = Array.from({ length: CONNECTIONS }, () => new Visitor(port));
  for (const visitor of visitors) await visitor.look();
  const targets = visitors.map(({ pageRequest }) => pageRequest);
  return { targets, answer: await visitors[0]!.look() };
}

/** Counts what the store is asked, and fails if it is more than it has to be. */
async function countCalls(requests: number): Promise<string> {
  const counts: Record<string, number> = {};
  const app = sessionWriteApp(counting(new MemoryStore(), counts));
  const first = await app(new Request("http://127.0.0.1/"));
  const cookie = first.headers.get("Set-Cookie")!.split(";")[0]!;
  counts.create = 0;
  for (let request = 0; request < requests; request++) {
    await app(new Request("http://127.0.0.1/", { headers: { Cookie: cookie } }));
  }
  const asked = Object.entries(counts).filter(([, count]) => count > 0);
  if (asked.length !== 2 || counts.read !== requests || counts.update !== requests) {
    throw new Error(`A session write must be 1 read and 1 write: received ${JSON.stringify(counts)} for ${requests}`);
  }
  return "1 read and 1 write";
}

function counting(store: SessionStore, counts: Record<string, number>): SessionStore {
  return new Proxy(store, {
    get(target, name: keyof SessionStore) {
      const method = target[name];
      return (...args: never[]) => {
        counts[name] = (counts[name] ?? 0) + 1;
        return (method as (...args: never[]) => unknown).apply(target, args);
      };
    },
  });
}
