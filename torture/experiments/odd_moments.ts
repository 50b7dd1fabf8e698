/** What the other experiments don't ask for. */

import type { Experiment, Row } from "../experiment.ts";
import type { SessionStore } from "../../sessions/mod.ts";
import { numbers } from "../../testing/_store/kit.ts";
import { openStore } from "../open_store.ts";
import { startSite } from "../processes.ts";
import { makeSite, type Site, Visitor } from "../site_app.ts";
import type { StoreKind } from "../store_kinds.ts";

/** The experiment. */
export const oddMoments: Experiment = {
  name: "odd",
  title: "Odd moments",
  about:
    "_Two handles_: increments through two handles of one process, sixteen at once, on one session. _Clocks_: three processes whose clocks are an hour apart count on one session, then end sessions that another of them is about to change. _Storms_: " +
    "eight requests at once read and change a session that gets a new id with nearly every one of them (`rotateSeconds`), with any of the ids that were given out, while it is signed out with one of them, or all sessions of its owner are ended; afterwards no id may lead to it. " +
    "_Copies_: a session is ended in one process, and another, which has a copy in memory, is asked every ten milliseconds until it stops serving it; `staleSeconds` is 0.5.",
  columns: ["what", "tried", "lost or revived", "remarks"],
  stores: ["memory", "kv", "files", "sqlite", "cached", "denokv", "postgres", "redis"],
  async run(kind, { quick, directory }) {
    await using place = await kind.place(`${directory}/odd_${kind.name}`);
    const rows = [await twoHandles(kind, place.address, quick ? 200 : 2000)];
    if (kind.name !== "memory") rows.push(await clocks(kind, place.address, quick ? 20 : 200));
    rows.push(await storms(kind, place.address, quick ? 30 : 500));
    if (kind.name === "cached") rows.push(await copies(kind, place.address, quick ? 3 : 20));
    return rows;
  },
};

async function twoHandles(kind: StoreKind, address: string, increments: number): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const sites = (await openTwo(kind, address, stack)).map((store) => makeSite(store));
  const visitor = new Visitor();
  await visitor.ask(sites[0]!, "/in?user=twice");
  let [next, again] = [0, 0];
  const broken: string[] = [];
  await Promise.all(
    numbers(16).map(async () => {
      while (next < increments) {
        const answer = await visitor.copy().ask(sites[next++ % 2]!, "/add?hold=1");
        if (answer.again) [next, again] = [next - 1, again + 1];
        else if (answer.status !== 200) broken.push(`status ${answer.status}`);
      }
    }),
  );
  await pause(STALE);
  const { body: { count = 0 } } = await visitor.ask(sites[0]!, "/");
  if (count !== increments) broken.push(`${increments} increments, ${count} counted`);
  return row(kind, "two handles", increments, increments - count, `${again} refused, and sent again`, broken);
}

async function clocks(kind: StoreKind, address: string, rounds: number): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const sites: Site[] = [];
  for (const clock of [-3_600_000, 0, 3_600_000]) {
    sites.push(stack.use(await startSite({ kind: kind.name, address, clock })).site);
  }
  const visitor = new Visitor();
  await visitor.ask(sites[2]!, "/in?user=late");
  const broken: string[] = [];
  await Promise.all(
    numbers(rounds).map(async (index) => {
      while ((await visitor.copy().ask(sites[index % 3]!, "/add?hold=1")).again);
    }),
  );
  await pause(STALE);
  const { body: { count = 0 } } = await visitor.ask(sites[0]!, "/");
  if (count !== rounds) broken.push(`${rounds} increments, ${count} counted`);
  let revived = 0;
  for (const round of numbers(rounds)) {
    const [one, two, three] = [0, 1, 2].map((offset) => sites[(round + offset) % 3]!) as [Site, Site, Site];
    const somebody = new Visitor();
    await somebody.ask(one, `/in?user=clock${round}`);
    const slow = somebody.copy().ask(two, "/add?hold=5");
    const ending = round % 2 === 0 ? "/out" : `/end?user=clock${round}`;
    await Promise.all([slow, somebody.copy().ask(three, ending)]);
    await pause(kind.name === "cached" ? STALE : 0);
    for (const site of sites) {
      if ((await somebody.copy().ask(site, "/")).body.user === undefined) continue;
      revived++;
      broken.push(`${ending} with clocks apart: somebody is signed in`);
    }
  }
  return row(kind, "clocks an hour apart", rounds * 2, rounds - count + revived, "", broken);
}

async function storms(kind: StoreKind, address: string, rounds: number): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const options = { rotateSeconds: 0.001, rotateGraceSeconds: 20 };
  const sites = (await openTwo(kind, address, stack)).map((store) => makeSite(store, options));
  const broken: string[] = [];
  let [ids, revived] = [0, 0];
  for (const round of numbers(rounds)) {
    const user = `storm${round}`;
    const first = new Visitor();
    await first.ask(sites[0]!, `/in?user=${user}`);
    const cookies = [first.cookie];
    const go = async (path: string, index: number) => {
      const somebody = new Visitor();
      somebody.cookie = cookies[Math.floor(Math.random() * cookies.length)]!;
      const { status } = await somebody.ask(sites[index % 2]!, path);
      if (somebody.cookie !== "" && !cookies.includes(somebody.cookie)) cookies.push(somebody.cookie);
      if (![200, 400].includes(status) && !(status === 503)) broken.push(`${path} was answered ${status}`);
    };
    await Promise.all(
      numbers(8).map(async (index) => {
        for (const step of numbers(3)) {
          if (index === 0 && step === 1) await go(round % 2 === 0 ? "/out" : `/end?user=${user}`, round);
          else await go(["/", "/add", `/put?n=${step}`][(index + step) % 3]!, index + step);
        }
      }),
    );
    await pause(kind.name === "cached" ? STALE : 0);
    ids += cookies.length;
    for (const cookie of cookies) {
      const somebody = new Visitor();
      somebody.cookie = cookie;
      if ((await somebody.ask(sites[round % 2]!, "/")).body.user === undefined) continue;
      revived++;
      broken.push(`${round % 2 === 0 ? "/out" : "/end"}: an id leads to a session that has ended`);
    }
    const { body } = await new Visitor().ask(sites[0]!, `/endone?user=${user}`);
    if (body as unknown !== false) broken.push("the list has a session that has ended");
  }
  return row(kind, "storms of rotation", rounds, revived, `${ids} ids given out`, broken);
}

async function copies(kind: StoreKind, address: string, rounds: number): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const start = () => startSite({ kind: kind.name, address, staleSeconds: 0.5 });
  const [here, there] = [stack.use(await start()).site, stack.use(await start()).site];
  const broken: string[] = [];
  let longest = 0;
  for (const round of numbers(rounds)) {
    const visitor = new Visitor();
    await visitor.ask(here, `/in?user=copy${round}`);
    await visitor.copy().ask(there, "/");
    await visitor.copy().ask(here, "/out");
    const { status } = await visitor.copy().ask(there, "/add");
    if (status !== 400) broken.push(`a change on a copy of what had ended was answered ${status}`);
    const other = new Visitor();
    await other.ask(here, `/in?user=other${round}`);
    await other.copy().ask(there, "/");
    await other.copy().ask(here, "/out");
    const begun = performance.now();
    let seen = begun;
    for (; (await other.copy().ask(there, "/")).body.user !== undefined; await pause(10)) seen = performance.now();
    longest = Math.max(longest, seen - begun);
  }
  if (longest > 600) broken.push(`a session was served ${longest.toFixed(0)} ms after it had ended`);
  return row(kind, "copies", rounds, 0, `served for ${longest.toFixed(0)} ms at most after it had ended`, broken);
}

async function openTwo(kind: StoreKind, address: string, stack: AsyncDisposableStack): Promise<SessionStore[]> {
  const { store } = stack.use(await openStore(kind.name, address));
  return [store, kind.name === "memory" ? store : stack.use(await openStore(kind.name, address)).store];
}

function row(kind: StoreKind, what: string, tried: number, lost: number, remarks: string, broken: string[]): Row {
  return { store: kind.title, seen: [what, String(tried), String(lost), remarks], broken: [...new Set(broken)] };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** In milliseconds: more than the cached store has been told. */
const STALE = 300;
