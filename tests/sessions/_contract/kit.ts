import type { SessionRecord, SessionStore, StoredSession } from "../../../sessions/store.ts";

/** An empty store, made for one test. */
export interface StoreUnderTest {
  /** The store. */
  readonly store: SessionStore;
  /** The same records through another handle, as another process has it; the same store where there can't be another. */
  readonly other?: SessionStore;
  /** Puts everything away. */
  close?(): PromiseLike<void> | void;
}

/** Makes an empty store. */
export type MakeStore = () => StoreUnderTest | Promise<StoreUnderTest>;

/** Where stores differ. */
export interface StoreAbilities {
  /** Whether `clearExpired` has something to do; `true` if left out. */
  readonly clears?: boolean;
  /** Makes a store that can't reach what it needs; without it, nothing is said about failures. */
  readonly makeBroken?: MakeStore;
}

/** What each group of tests is given. */
export interface Subject {
  /** What the store is called. */
  readonly name: string;
  /** Makes an empty store. */
  readonly makeStore: MakeStore;
  /** What it can. */
  readonly abilities: StoreAbilities;
}

/** Registers a test that gets an empty store, and another handle on the same records. */
export function testWith(
  { name, makeStore }: Subject,
  title: string,
  body: (store: SessionStore, other: SessionStore) => Promise<void>,
): void {
  Deno.test(`${name}: ${title}`, async () => {
    const { store, other = store, close } = await makeStore();
    try {
      await body(store, other);
    } finally {
      await close?.();
    }
  });
}

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
  if (version === undefined) throw new Error("create() says that a new key is taken");
  return version;
}

/** Reads a record that must be there. */
export async function present(store: SessionStore, key: string): Promise<StoredSession> {
  const stored = await store.read(key);
  if (stored === undefined) throw new Error("read() says that a record which must be there is missing");
  return stored;
}

/** Adds one to the number in a record, with as many attempts as that takes. */
export async function increment(store: SessionStore, key: string): Promise<void> {
  for (let attempt = 1; attempt <= 2000; attempt++) {
    const { data, expires, version } = await present(store, key);
    const result = await store.update(key, { data: String(Number(data) + 1), expires }, version);
    if (result.status === "written") return;
    if (result.status === "gone") throw new Error("update() says that a living record is gone");
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(attempt, 20)));
  }
  throw new Error("update() lost 2000 times in a row");
}

/** The whole numbers below one. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** One of two handles, in turn. */
export function either(index: number, store: SessionStore, other: SessionStore): SessionStore {
  return index % 2 === 0 ? store : other;
}

/** Looks again and again, and once more at the end. */
export async function watch(goesOn: () => boolean, look: () => Promise<void>): Promise<void> {
  while (goesOn()) {
    await look();
    // A store that answers without waiting for anything would never let anybody else go on.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await look();
}
