import type { GuardedStore } from "./_guarded_store.ts";
import { now } from "./_record.ts";
import { ENDED, isWord, type RecordTexts, type Word } from "./_record_texts.ts";
import { SessionStoreError } from "./session_errors.ts";
import type { SessionRecord } from "./store.ts";

/** Where a session was seen last. */
export interface Place {
  readonly key: string;
  readonly version: string;
}

/**
 * Ends a session, wherever it has got to since it was seen: puts the word that it has ended in its place, so that a request which is just giving it a
 * new id is refused, and removes that.
 *
 * @param store Where it is.
 * @param texts How records are written.
 * @param place Where it was seen last.
 * @returns Whether it was there to be ended.
 * @throws {SessionStoreError} If the store fails: it may live then.
 */
export async function endSession(store: GuardedStore, texts: RecordTexts, place: Place): Promise<boolean> {
  let { key, version } = place;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const status = await store.update(key, wordRecord(texts, key, ENDED), version, "delete");
    if (status === "written") await store.clean(key);
    if (status !== "conflict") return status === "written";
    const found = await follow(store, texts, key);
    if (found === undefined) return false;
    ({ key, version } = found);
  }
  // Against writers that busy only a deletion that asks nothing can win.
  await store.delete(key);
  return true;
}

/**
 * Ends the session that has taken over from another one, whose id was good a moment ago.
 *
 * @param store Where it is.
 * @param texts How records are written.
 * @param key The key of the word that says where it has gone.
 * @throws {SessionStoreError} If the store fails: it may live then.
 */
export async function endSuccessor(store: GuardedStore, texts: RecordTexts, key: string): Promise<void> {
  const found = await follow(store, texts, key);
  if (found !== undefined) await endSession(store, texts, found);
}

/**
 * The record of a word. It lives longer than requests are under way.
 *
 * @param texts How records are written.
 * @param key Where it is put.
 * @param word The word.
 * @returns The record.
 */
export function wordRecord(texts: RecordTexts, key: string, word: Word): SessionRecord {
  const latest = now() + LIFETIME;
  const until = word.rotation === undefined ? latest : Math.max(latest, word.rotation.until);
  return { data: texts.write(key, word), expires: until };
}

/** Where a session has gone; `undefined` if it has ended. */
async function follow(store: GuardedStore, texts: RecordTexts, key: string): Promise<Place | undefined> {
  for (let step = 0; step < STEPS; step++) {
    const stored = await store.readFresh(key);
    if (stored === undefined) return undefined;
    const next = nextOf(texts, key, stored);
    if (next === ENDED.next) return undefined;
    if (next === undefined) return { key, version: stored.version };
    key = next;
  }
  throw new SessionStoreError("delete", new Error("The words under old ids lead nowhere"));
}

function nextOf(texts: RecordTexts, key: string, stored: SessionRecord): string | undefined {
  try {
    const content = texts.read(key, stored.data)?.content;
    return content !== undefined && isWord(content) ? content.next : undefined;
  } catch {
    // What can't be read can be ended all the same.
    return undefined;
  }
}

/** More ids than a session gets within the minute for which words last. */
const STEPS = 1000;
const ATTEMPTS = 30;
const LIFETIME = 60_000;
