/** Servers that are killed while sites use them. */

import type { Experiment, Row } from "../experiment.ts";
import { numbers } from "../../testing/_store/kit.ts";
import { startSite } from "../processes.ts";
import { type Site, Visitor } from "../site_app.ts";
import type { Place, StoreKind } from "../store_kinds.ts";

/** The experiment. */
export const killedServers: Experiment = {
  name: "servers",
  title: "A server that is killed loses nothing, and the sites find it again",
  about:
    "A site in 3 processes, with `storeSeconds: 2`; 12 visitors who each put one number after the other into their session. The server is killed (`kill -9`) at a random instant and started again after up to a second and a half. " +
    "When it is up again, each session must hold the number that was acknowledged last or a later one that was sent, and must have been changed at least as often as was acknowledged. A request makes two calls of the store as a rule, and " +
    "one more for each time it is overtaken, so it should be answered within about four seconds. _Back_ is how long after the server listens every site has answered a change again; nobody restarts a site.",
  columns: ["kills", "acknowledged", "answered 503", "lost", "slowest answer, s", "back, median s", "back, slowest s"],
  stores: ["denokv", "postgres", "mariadb", "redis"],
  run: (kind, { quick, directory }) => killServer(kind, quick ? 4 : 20, directory),
};

/**
 * Kills the server of a store.
 *
 * @param kind The store.
 * @param kills How often.
 * @param directory Where it may write.
 * @returns What was seen.
 */
export async function killServer(kind: StoreKind, kills: number, directory: string): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await kind.place(`${directory}/servers_${kind.name}`));
  const options = { storeSeconds: STORE_SECONDS };
  const start = () => startSite({ kind: kind.name, address: place.address, options });
  const sites = [await start(), await start(), await start()].map((remote) => stack.use(remote).site);
  const load = new Load(sites);
  await load.signIn();
  const back: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    load.run();
    await pause(200 + Math.random() * 800);
    back.push(await killAndWait(place, sites));
    await load.stop();
    await load.look();
  }
  const { acknowledged, refused, slowest, complaints } = load;
  const sorted = back.toSorted((a, b) => a - b);
  const figures = [slowest, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!].map((ms) => (ms / 1000).toFixed(2));
  const hangs = slowest > LONGEST + 3 * load.late ? [`an answer took ${(slowest / 1000).toFixed(1)} s`] : [];
  return {
    store: kind.title,
    seen: [...[kills, acknowledged, refused, complaints.length].map(String), ...figures],
    broken: [...complaints, ...hangs],
  };
}

/** Kills it, starts it, and says how long it takes until every site is as before. */
async function killAndWait(place: Place, sites: readonly Site[]): Promise<number> {
  await place.kill!();
  await pause(Math.random() * 1500);
  await place.start!();
  const begun = performance.now();
  await Promise.all(sites.map(async (site) => {
    while ((await new Visitor().ask(site, "/in?user=ada")).status !== 200) {
      if (performance.now() - begun > 30_000) throw new Error("A site has not found its server again within 30 s");
      await pause(20);
    }
  }));
  return performance.now() - begun;
}

/** Visitors who change their sessions, and know what must be there. */
class Load {
  acknowledged = 0;
  refused = 0;
  slowest = 0;
  /** How late this process was to its own appointments at worst, in milliseconds: what a busy machine does to each of the three on the way of an answer. */
  late = 0;
  readonly complaints: string[] = [];
  readonly #sites: readonly Site[];
  readonly #clients = numbers(12).map(() => ({ visitor: new Visitor(), sent: 0, kept: 0, times: 0, tried: 0 }));
  #isRunning = false;
  #running: Promise<unknown>[] = [];

  constructor(sites: readonly Site[]) {
    this.#sites = sites;
  }

  async signIn(): Promise<void> {
    for (const { visitor } of this.#clients) await visitor.ask(this.#sites[0]!, "/in?user=bob");
  }

  run(): void {
    this.#isRunning = true;
    const running = this.#clients.map(async (client) => {
      while (this.#isRunning) {
        const n = ++client.sent;
        client.tried++;
        const begun = performance.now();
        const { status } = await client.visitor.copy().ask(this.#sites[n % this.#sites.length]!, `/put?n=${n}`);
        this.slowest = Math.max(this.slowest, performance.now() - begun);
        if (status === 200) {
          this.acknowledged++;
          client.kept = n;
          client.times++;
        } else {
          this.refused++;
          if (status !== 503) this.complaints.push(`status ${status}`);
          await pause(50);
        }
      }
    });
    this.#running = [...running, this.#watchClock()];
  }

  async #watchClock(): Promise<void> {
    while (this.#isRunning) {
      const begun = performance.now();
      await pause(20);
      this.late = Math.max(this.late, performance.now() - begun - 20);
    }
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#running);
  }

  /** Everybody looks into their session. */
  async look(): Promise<void> {
    for (const { visitor, sent, kept, times, tried } of this.#clients) {
      const { status, body: { n = 0, count = 0 } } = await this.#askPatiently(visitor);
      if (status !== 200) this.complaints.push(`a session can't be read: status ${status}`);
      else if (n < kept || n > sent) this.complaints.push(`${kept} was acknowledged, ${n} is there`);
      else if (count < times) this.complaints.push(`${times} changes were acknowledged, ${count} are there`);
      else if (count > tried) this.complaints.push(`${tried} changes were sent, ${count} are there`);
    }
  }

  /** What is there matters here: that a site finds its server again was seen before, by one of its connections. */
  async #askPatiently(visitor: Visitor): ReturnType<Visitor["ask"]> {
    for (let attempt = 1;; attempt++) {
      const answer = await visitor.copy().ask(this.#sites[0]!, "/");
      if (answer.status !== 503 || attempt === 50) return answer;
      this.refused++;
      await pause(100);
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const STORE_SECONDS = 2;

/** In milliseconds: two calls of the store, and something for a machine that is busy. */
const LONGEST = (2 * STORE_SECONDS + 1) * 1000;
