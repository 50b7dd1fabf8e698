import type { SessionRecord, SessionStore, StoredSession } from "../../sessions/store.ts";
import type { StoreTestOptions } from "../store_test_options.ts";
import type { TestClock } from "./clock.ts";
import { BrokenContract } from "./expect.ts";

/** What a check is given. */
export interface Trial {
  /** An empty store. */
  readonly store: SessionStore;
  /** Another handle on the same records. */
  readonly other: SessionStore;
  /** The time. Lifetimes are in its spans. */
  readonly clock: TestClock;
  /** What the store can. */
  readonly options: StoreTestOptions;
  /** A record that lives for some spans, many unless said, and is nobody's unless said. */
  recordOf(data: string, spans?: number, owner?: string): SessionRecord;
  /** A text with the beginning of another one repeated to so many bytes, or as many as the store takes. */
  textOf(pattern: string, bytes: number): string;
}

/** One sentence of the contract, and how it is checked. */
export type Check = readonly [sentence: string, body: (trial: Trial) => Promise<void>];

/** How many spans a record lives unless said: longer than any check waits. */
export const LONG = 240;

/** The size that a store has to take unless it says what it takes, in bytes. */
export const USUAL_BYTES = 500_000;

/** A key that nothing has. */
export function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** An owner that nothing has. */
export function newOwner(): string {
  return newKey();
}

/** A record that lives for some seconds, an hour unless said, and is nobody's unless said. */
export function recordOf(data: string, seconds = 3600, owner: string | undefined = undefined): SessionRecord {
  const record = { data, expires: Date.now() + seconds * 1000 };
  return owner === undefined ? record : { ...record, owner };
}

/** Creates a record that is certain to be new, and gives its version. */
export async function created(store: SessionStore, key: string, record: SessionRecord): Promise<string> {
  const version = await store.create(key, record);
  if (typeof version === "string") return version;
  throw new BrokenContract(`create() of a key that is free must give a version: received ${version}`);
}

/** Reads a record that must be there. */
export async function present(store: SessionStore, key: string): Promise<StoredSession> {
  const stored = await store.read(key);
  if (stored !== undefined) return stored;
  throw new BrokenContract("read() must give a record that is there: received undefined");
}

/** Replaces a record, which must succeed, and gives the new version. */
export async function updated(
  store: SessionStore,
  key: string,
  record: SessionRecord,
  version: string,
): Promise<string> {
  const result = await store.update(key, record, version);
  if (result.status === "written") return result.version;
  throw new BrokenContract(`update() of the version that is there must answer written: received ${result.status}`);
}

/** Adds one to the number in a record, with as many attempts as that takes. */
export async function increment(store: SessionStore, key: string): Promise<void> {
  for (let attempt = 1; attempt <= 2000; attempt++) {
    const { data, expires, version } = await present(store, key);
    const result = await store.update(key, { data: String(Number(data) + 1), expires }, version);
    if (result.status === "written") return;
    if (result.status === "gone") throw new BrokenContract("update() must not call a living record gone");
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(attempt, 20)));
  }
  throw new BrokenContract("of several update() one must win: one of them lost 2000 times in a row");
}

/** What the contract says of a record that was read: nothing else in it counts. */
export function facts(stored: StoredSession | undefined): unknown {
  return stored && [stored.data, stored.expires, stored.owner, stored.version];
}

/** The keys of what was listed, in order. */
export function keysOf(listed: readonly { readonly key: string }[]): string[] {
  return listed.map(({ key }) => key).sort();
}

/** The whole numbers below one. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** One of two handles, in turn. */
export function either(index: number, store: SessionStore, other: SessionStore): SessionStore {
  return index % 2 === 0 ? store : other;
}

/** Waits for all of them, also where one has failed: nothing goes on when a check is over. */
export async function together<T>(promises: Iterable<T | Promise<T>>): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

/** Looks again and again while something is done, and once more when it is done. */
export async function lookWhile(work: () => Promise<void>, look: () => Promise<void>): Promise<void> {
  let isWorking = true;
  const looking = async () => {
    while (isWorking) {
      await look();
      await pause();
    }
    await look();
  };
  await together([work().finally(() => isWorking = false), looking()]);
}

/** Lets others go on: a store that answers without waiting for anything would never let anybody. */
export async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
