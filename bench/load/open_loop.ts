/**
 * Load at a fixed rate: a request is begun when it is due, however the server does.
 *
 * Its latency counts from when it was due and not from when a connection was free for it, so that a server that stalls can't hide the requests
 * that would have come meanwhile ("coordinated omission"; wrk2 does the same).
 *
 * The generator stands still itself now and then, for some milliseconds, while its own garbage is collected. That is no doing of the server's: the schedule stands still as well, for what is to come
 * and for what waits. A server's stall is none of the generator's, which looks on, as long as each has a core of its own.
 */

import { setImmediate } from "node:timers";
import { Connection } from "../measure/connection.ts";
import type { LoadPlan, LoadResult } from "./plan.ts";
import { Tally } from "./tally.ts";

/** Makes the load and says how it went. */
export async function openLoop(plan: LoadPlan & { readonly perSecond: number }): Promise<LoadResult> {
  const { targets, connections, seconds, perSecond, standstill = Infinity } = plan;
  const tally = new Tally();
  const clients = Array.from({ length: connections }, (_, index) => {
    const { port, request } = targets[index % targets.length]!;
    return new PacedClient(port, request, tally);
  });
  await Promise.all(clients.map((client) => client.open()));

  const total = Math.floor(perSecond * seconds);
  const began = performance.now();
  let latest = began;
  let stood = 0;
  for (let next = 0; next < total;) {
    const now = performance.now();
    // A machine that is always late would never be done.
    if (now - latest > standstill && stood < seconds * 1000) {
      stood += now - latest;
      for (const client of clients) client.postpone(now - latest);
    }
    latest = now;
    for (; next < total; next++) {
      const due = began + stood + next * 1000 / perSecond;
      if (due > now) break;
      clients[next % connections]!.send(due);
    }
    // A timer would be a millisecond late, more than most answers take. The generator has its core to itself.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await atMost(GRACE_SECONDS, Promise.all(clients.map((client) => client.idle)));
  for (const client of clients) client.close();
  return tally.result((performance.now() - began) / 1000);
}

/** How long to wait for the last answers. */
const GRACE_SECONDS = 5;

/** A connection and the requests that wait for it. */
class PacedClient {
  readonly #connection: Connection;
  readonly #bytes: Uint8Array;
  readonly #tally: Tally;
  /** When those were due that have no answer yet. */
  readonly #waiting: number[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(port: number, request: string, tally: Tally) {
    this.#connection = new Connection(port);
    this.#bytes = new TextEncoder().encode(request);
    this.#tally = tally;
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  /** Sends a request, or remembers it until the connection is free. */
  send(due: number): void {
    this.#waiting.push(due);
    this.#running ??= this.#run();
  }

  /** What has no answer yet was due later. */
  postpone(milliseconds: number): void {
    for (let index = 0; index < this.#waiting.length; index++) this.#waiting[index]! += milliseconds;
  }

  /** When nothing waits any more. */
  get idle(): Promise<void> | undefined {
    return this.#running;
  }

  close(): void {
    this.#closed = true;
    for (const _due of this.#waiting.splice(0)) this.#tally.fail("not answered in time");
    this.#connection.close();
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const { status } = await this.#connection.exchange(this.#bytes);
        this.#tally.add(status, performance.now() - this.#waiting.shift()!);
      }
    } catch (error) {
      if (!this.#closed) this.#tally.fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#running = undefined;
    }
  }
}

/** Waits for something, but not for long; no timer stays behind. */
async function atMost(seconds: number, awaited: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise((resolve) => timer = setTimeout(resolve, seconds * 1000));
  await Promise.race([awaited, late]).finally(() => clearTimeout(timer));
}
