import type { ReadOptions, SessionStore } from "../sessions/store.ts";
import { clearingChecks } from "./_store/clearing.ts";
import { MovedClock, RealClock } from "./_store/clock.ts";
import { BrokenContract } from "./_store/expect.ts";
import { expiryChecks } from "./_store/expiry.ts";
import { faultChecks } from "./_store/faults.ts";
import { type Check, LONG, recordOf, type Trial, USUAL_BYTES } from "./_store/kit.ts";
import { ownerChecks } from "./_store/owners.ts";
import { ownerRaces } from "./_store/owner_races.ts";
import { racingChecks } from "./_store/racing.ts";
import { readingChecks } from "./_store/reading.ts";
import { sizeChecks } from "./_store/sizes.ts";
import { textChecks } from "./_store/texts.ts";
import { writingChecks } from "./_store/writing.ts";
import type { MakeStore, StoreTestOptions } from "./store_test_options.ts";

/** One sentence of the contract of `SessionStore`, and how a store is held against it. */
export interface StoreCheck {
  /** The sentence: `update() never creates`. */
  readonly name: string;
  /**
   * Makes a store, checks it, and puts it away.
   *
   * @throws {Error} If the store breaks the contract; the message says what was expected and what came.
   */
  run(): Promise<void>;
}

/**
 * Registers a test with `Deno.test` for every sentence of the contract of `SessionStore`: what is missing, what has expired, who wins a race, what
 * comes back of a text, whose a record is. A store that passes them keeps what {@linkcode sessions} promises.
 *
 * Each test gets an empty store of its own, and uses it through two handles where there are two. With Deno's permissions for what the store needs,
 * a store in memory is through in about two seconds.
 *
 * @param name What the store is called, at the beginning of each test's name.
 * @param makeStore Makes an empty store for one test.
 * @param options Where stores differ.
 * @throws {RangeError} If `maxBytes` is no whole number from 4096 on, or `timeout` no number above 0.
 *
 * @example In a file of tests: `my_store_test.ts`
 * ```ts
 * import { MemoryStore, type SessionStore } from "@nuages/web/sessions";
 * import { sessionStoreTests } from "@nuages/web/testing";
 * import { assert } from "@std/assert";
 *
 * class MyStore extends MemoryStore {}
 *
 * sessionStoreTests("MyStore", () => ({ store: new MyStore() }));
 *
 * Deno.test("MyStore is a store", () => {
 *   const store: SessionStore = new MyStore();
 *   assert(store);
 * });
 * ```
 *
 * @example A database with a connection for each handle, and one that is closed
 * ```ts
 * import { KvStore } from "@nuages/web/sessions";
 * import { sessionStoreTests } from "@nuages/web/testing";
 * import { assertEquals } from "@std/assert";
 *
 * sessionStoreTests("my KvStore", async () => {
 *   const path = await Deno.makeTempFile();
 *   const [kv, other] = [await Deno.openKv(path), await Deno.openKv(path)];
 *   const close = () => (kv.close(), other.close(), Deno.remove(path));
 *   return { store: new KvStore(kv), other: new KvStore(other), close };
 * }, { clears: false, maxBytes: 800_000 });
 *
 * Deno.test("my KvStore needs no clearing", async () => {
 *   using kv = await Deno.openKv(":memory:");
 *   assertEquals(await new KvStore(kv).clearExpired(), 0);
 * });
 * ```
 */
export function sessionStoreTests(name: string, makeStore: MakeStore, options: StoreTestOptions = {}): void {
  for (const check of sessionStoreChecks(makeStore, options)) Deno.test(`${name}: ${check.name}`, () => check.run());
}

/**
 * Gives the tests of {@linkcode sessionStoreTests} as values: for another runner of tests, for `Deno.test` with options of its own, or for asking a
 * store what it breaks.
 *
 * @param makeStore Makes an empty store for one check.
 * @param options Where stores differ.
 * @returns The checks, in the order in which a store is best mended. They are run one after the other, as some move the clock.
 * @throws {RangeError} If `maxBytes` is no whole number from 4096 on, or `timeout` no number above 0.
 *
 * @example Which sentences a store breaks
 * ```ts
 * import { MemoryStore, type SessionRecord } from "@nuages/web/sessions";
 * import { sessionStoreChecks } from "@nuages/web/testing";
 * import { assert } from "@std/assert";
 *
 * class Forgetful extends MemoryStore {
 *   override create(key: string, record: SessionRecord) {
 *     return super.create(key, { ...record, data: record.data.slice(0, 1000) });
 *   }
 * }
 *
 * const broken: string[] = [];
 * for (const { name, run } of sessionStoreChecks(() => ({ store: new Forgetful() }))) {
 *   await run().catch(() => broken.push(name));
 * }
 * assert(broken.includes("a text of any size that the store takes comes back"));
 * ```
 */
export function sessionStoreChecks(makeStore: MakeStore, options: StoreTestOptions = {}): StoreCheck[] {
  assertOptions(options);
  const { makeBroken, copies = false } = options;
  const groups: readonly (readonly Check[])[] = [
    readingChecks(!copies),
    writingChecks,
    expiryChecks,
    textChecks,
    sizeChecks(options.maxBytes !== undefined),
    ownerChecks,
    clearingChecks,
    racingChecks,
    ownerRaces,
    makeBroken === undefined ? [] : faultChecks(makeBroken, options.clears ?? true),
  ];
  return groups.flat().map(([name, body]) => ({ name, run: () => run(body, makeStore, options) }));
}

async function run(body: Check[1], makeStore: MakeStore, options: StoreTestOptions): Promise<void> {
  const made = await makeStore();
  const { maxBytes = USUAL_BYTES, copies = false } = options;
  using clock = options.clock === "real" ? new RealClock() : new MovedClock();
  const handles = [made.store, made.other ?? made.store].map((store) => copies ? fresh(store) : store);
  const trial: Trial = {
    store: handles[0]!,
    other: handles[1]!,
    clock,
    options,
    recordOf: (data, spans, owner) => recordOf(data, (spans ?? LONG) * clock.span / 1000, owner),
    textOf: (pattern, bytes) => repeat(pattern, Math.min(bytes, maxBytes)),
  };
  try {
    await inTime(body(trial), options.timeout ?? 60);
  } finally {
    clock[Symbol.dispose]();
    await made.close?.();
  }
}

/** A handle whose reads are all fresh: only they are held against the last write. */
function fresh(store: SessionStore): SessionStore {
  return {
    read: (key: string, options?: ReadOptions) => store.read(key, { ...options, fresh: true }),
    create: (key, record) => store.create(key, record),
    update: (key, record, version) => store.update(key, record, version),
    delete: (key) => store.delete(key),
    list: (owner) => store.list(owner),
    clearExpired: (options) => store.clearExpired(options),
  };
}

async function inTime(work: Promise<void>, seconds: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = new BrokenContract(`every method must answer: nothing came within ${seconds} seconds`);
  const timer = setTimeout(() => reject(late), seconds * 1000);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function repeat(pattern: string, bytes: number): string {
  const size = new TextEncoder().encode(pattern).length;
  return pattern.repeat(Math.floor(bytes / size)) + "x".repeat(bytes % size);
}

function assertOptions({ maxBytes, timeout, clock }: StoreTestOptions): void {
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= SMALLEST)) {
    throw new RangeError(
      `Cannot check a store as maxBytes must be a whole number of at least ${SMALLEST}: received ${maxBytes}`,
    );
  }
  if (timeout !== undefined && !(timeout > 0 && timeout <= 1_000_000)) {
    throw new RangeError(`Cannot check a store as timeout must be a number of seconds above 0: received ${timeout}`);
  }
  if (clock !== undefined && clock !== "moved" && clock !== "real") {
    throw new TypeError(`Cannot check a store as clock must be "moved" or "real": received ${JSON.stringify(clock)}`);
  }
}

/** In bytes. What takes less holds no session. */
const SMALLEST = 4096;
