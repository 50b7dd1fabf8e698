/** Sessions that are ended while a slow request is about to change them. */

import type { Experiment, Row } from "../experiment.ts";
import { CookieStore, MemoryStore } from "../../sessions/mod.ts";
import { numbers } from "../../testing/_store/kit.ts";
import { Gates } from "../gates.ts";
import { openStore } from "../open_store.ts";
import { type Answer, makeSite, type Site, type SiteOptions, Visitor } from "../site_app.ts";
import type { StoreKind } from "../store_kinds.ts";

/** The experiment. */
export const logouts: Experiment = {
  name: "logouts",
  title: "A session that was ended stays ended",
  about:
    "Two servers with a handle each on one store. On the first a request has read the session and is about to change it, to give it a new id, or is due to get one by `rotateSeconds`; on the second the session is ended by `flush()`, `revokeSession()` or " +
    "`revokeAll()`, or gets a new id by `cycleKey()`. In half of the rounds the first goes on when that has been answered, and must be answered 400; in the other half at the same moment, and may also be answered 200. " +
    "Afterwards nobody may be signed in with any cookie that was ever given out (after `cycleKey()`: with any but the new one), and the owner's list must say the same. Cookies have no list, so that there `revokeSession()` is left out.",
  columns: [
    "rounds",
    "revived",
    "in-flight request was first",
    "in-flight request was refused",
    "late requests were answered",
  ],
  stores: ["memory", "kv", "files", "sqlite", "cached", "denokv", "postgres", "mariadb", "redis", "cookies"],
  run: (kind, { quick, directory }) => endSessions(kind, quick ? 96 : 2000, directory),
};

/**
 * Ends sessions.
 *
 * @param kind The store.
 * @param rounds How many.
 * @param directory Where it may write.
 * @returns What was seen.
 */
export async function endSessions(kind: StoreKind, rounds: number, directory: string): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await kind.place(`${directory}/logouts_${kind.name}`));
  const stores = await openTwo(kind.name, place.address, stack);
  const trial = new Trials(stores, kind.name);
  let next = 0;
  await Promise.all(
    numbers(AT_ONCE).map(async () => {
      while (next < rounds) await trial.run(next++);
    }),
  );
  const { revived, first, refused, late, complaints } = trial;
  return {
    store: kind.title,
    seen: [
      String(first + refused),
      String(revived),
      String(first),
      String(refused),
      late.size === 0 ? "" : describe(late),
    ],
    broken: complaints,
  };
}

type AnyStore = Parameters<typeof makeSite>[0];

async function openTwo(kind: string, address: string, stack: AsyncDisposableStack): Promise<[AnyStore, AnyStore]> {
  if (kind === "cookies") {
    const store = new CookieStore({ revocations: new MemoryStore() });
    return [store, store];
  }
  const { store } = stack.use(await openStore(kind, address));
  return [store, kind === "memory" ? store : stack.use(await openStore(kind, address)).store];
}

/** How a session can be ended, and what a request can be about when that happens. */
const ENDS = ["/out", "/endone", "/end", "/cycle"] as const;
const IN_FLIGHT = ["/add", "/cycle", "rotated /add"] as const;
const TIMES = ["afterwards", "at once"] as const;

class Trials {
  revived = 0;
  first = 0;
  refused = 0;
  /** What late requests were answered, and how often. */
  readonly late = new Map<number, number>();
  readonly complaints: string[] = [];
  readonly #kind: string;
  readonly #gates = new Gates();
  readonly #slow: Site;
  readonly #slowAndRotating: Site;
  readonly #other: Site;

  constructor([one, two]: [AnyStore, AnyStore], kind: string) {
    this.#kind = kind;
    const { hold } = this.#gates;
    const rotating: SiteOptions = one instanceof CookieStore ? {} : { rotateSeconds: 0.000_001, rotateGraceSeconds: 5 };
    this.#slow = makeSite(one, { hold });
    this.#slowAndRotating = makeSite(one, { hold, ...rotating });
    this.#other = makeSite(two, {});
  }

  async run(round: number): Promise<void> {
    const [end, inFlight, time] = [ENDS[round % 4]!, IN_FLIGHT[round % 3]!, TIMES[Math.floor(round / 12) % 2]!];
    if (this.#kind === "cookies" && end === "/endone") return;
    const user = `user${round}`;
    const name = String(round);
    const visitor = new Visitor();
    await visitor.ask(this.#other, `/in?user=${user}`);
    const [slow, ending, kept] = [visitor.copy(), visitor.copy(), visitor.copy()];
    const site = inFlight === "rotated /add" ? this.#slowAndRotating : this.#slow;
    const asking = slow.ask(site, `${inFlight.replace("rotated ", "")}?hold=${name}`);
    await this.#gates.reached(name);
    const ended = ending.ask(this.#other, `${end}?user=${user}`);
    if (time === "afterwards") await ended;
    else if (round % 5 > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    this.#gates.open(name);
    const [answer, { status }] = [await asking, await ended];
    const what = `${inFlight}, ${end} ${time}`;
    if (status !== 200 && !(end === "/cycle" && status === 400)) {
      this.complaints.push(`${what}: ending was answered ${status}`);
    }
    this.#tally(what, time, answer);
    // A copy that was made in time may be used for a moment; what counts is what comes then.
    if (this.#kind === "cached") await new Promise((resolve) => setTimeout(resolve, STALE));
    // Whoever has cycled goes on with the new id, unless the other one was faster.
    const isCycled = end === "/cycle" && status === 200;
    await this.#lookForRevived(what, user, isCycled || end === "/cycle" && answer.status === 200, [kept, slow, ending]);
  }

  #tally(what: string, time: string, { status }: Answer): void {
    if (time === "afterwards") this.late.set(status, (this.late.get(status) ?? 0) + 1);
    if (status === 200) this.first++;
    else this.refused++;
    if (time === "afterwards" && status !== 400) {
      this.complaints.push(`${what}: the late request was answered ${status}`);
    }
    if (status !== 200 && status !== 400) this.complaints.push(`${what}: the request was answered ${status}`);
  }

  async #lookForRevived(what: string, user: string, goesOn: boolean, visitors: Visitor[]): Promise<void> {
    const cookies = [...new Set(visitors.map(({ cookie }) => cookie))].filter((cookie) => cookie !== "");
    let signedIn = 0;
    for (const cookie of cookies) {
      for (const site of [this.#slow, this.#other]) {
        const somebody = new Visitor();
        somebody.cookie = cookie;
        const { body } = await somebody.ask(site, "/");
        if (body.user !== undefined && site === this.#slow) signedIn++;
        if (body.user !== undefined && !goesOn) this.#revive(`${what}: somebody is signed in`);
      }
    }
    if (goesOn && signedIn !== 1) this.#revive(`${what}: ${signedIn} cookies of ${cookies.length} are signed in`);
    if (this.#kind === "cookies") return;
    const isListed = (await new Visitor().ask(this.#other, `/endone?user=${user}`)).body as unknown;
    if (isListed !== goesOn) this.#revive(`${what}: the list says ${isListed}`);
  }

  #revive(complaint: string): void {
    this.revived++;
    this.complaints.push(complaint);
  }
}

function describe(late: ReadonlyMap<number, number>): string {
  return [...late].map(([status, count]) => `${count} × ${status}`).join(", ");
}

const AT_ONCE = 6;
/** In milliseconds: more than the cached store has been told. */
const STALE = 300;
