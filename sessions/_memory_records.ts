import { OldestKeys } from "../middleware/oldest_keys.ts";
import { Deadlines } from "./_deadlines.ts";
import { isAlive, now } from "./_record.ts";
import type { SessionRecord, StoredSession } from "./store.ts";

/** A record in memory. */
export interface Entry {
  /** Its text. */
  data: string;
  /** Its deadline, in milliseconds since the Unix epoch. */
  expires: number;
  /** Whose it is. */
  owner: string | undefined;
  /** No two writes have the same. */
  version: number;
  /** When it was last put at the end of the order, counted in such moves. */
  moved: number;
}

/** The records of a `MemoryStore`: by key, in the order of their last use, by deadline and by owner. */
export class MemoryRecords {
  readonly #maxEntries: number;
  /** In the order of their last use, the least recent first; by about a sixteenth of the most they may be, see {@linkcode MemoryRecords.use}. */
  readonly #entries = new Map<string, Entry>();
  readonly #leastRecent = new OldestKeys<string>();
  /** The key of every entry, at its deadline or before, among others that mean nothing any more. */
  #deadlines = new Deadlines();
  /** The keys of each owner's entries. */
  readonly #owners = new Map<string, Set<string>>();
  #version = 0;
  #moves = 0;

  /**
   * Makes an empty collection.
   *
   * @param maxEntries How many entries are kept at most.
   */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /**
   * Finds a living entry.
   *
   * @param key The record's key.
   * @returns The entry; `undefined` if there is none or it has expired.
   */
  living(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && isAlive(entry.expires) ? entry : undefined;
  }

  /**
   * Finds an owner's living entries.
   *
   * @param owner The owner.
   * @returns Their keys and they.
   */
  ownedBy(owner: string): [key: string, entry: Entry][] {
    const entries = [...this.#owners.get(owner) ?? []].map((key): [string, Entry] => [key, this.#entries.get(key)!]);
    return entries.filter(([, { expires }]) => isAlive(expires));
  }

  /**
   * Notes that an entry was used.
   *
   * @param key The record's key.
   * @param entry The entry, which is there.
   */
  use(key: string, entry: Entry): void {
    // Each move leaves a hole in the map, which is copied when it has too many: who is near the end stays where it is.
    if (this.#moves - entry.moved < this.#maxEntries >> 4) return;
    entry.moved = ++this.#moves;
    this.#leastRecent.forget(key);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  /**
   * Adds an entry, over whatever is there. If it is one too many, another one goes.
   *
   * @param key The record's key.
   * @param record What to keep.
   * @returns The entry.
   */
  add(key: string, { data, expires, owner }: SessionRecord): Entry {
    this.remove(key);
    while (this.#entries.size >= this.#maxEntries) this.#evict();
    const entry: Entry = { data, expires, owner, version: ++this.#version, moved: ++this.#moves };
    this.#entries.set(key, entry);
    this.#own(key, owner);
    this.#schedule(key, expires);
    return entry;
  }

  /**
   * Replaces what an entry holds, which counts as using it.
   *
   * @param key The record's key.
   * @param entry The entry, which is there.
   * @param record What to keep instead.
   */
  replace(key: string, entry: Entry, { data, expires, owner }: SessionRecord): void {
    if (owner !== entry.owner) {
      this.#disown(key, entry.owner);
      this.#own(key, owner);
    }
    // A later deadline is looked up when the earlier one is due, so that renewing costs nothing here.
    const isEarlier = expires < entry.expires;
    entry.data = data;
    entry.expires = expires;
    entry.owner = owner;
    entry.version = ++this.#version;
    if (isEarlier) this.#schedule(key, expires);
    this.use(key, entry);
  }

  /**
   * Removes an entry, if it is there.
   *
   * @param key The record's key.
   */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#disown(key, entry.owner);
    this.#leastRecent.forget(key);
    this.#entries.delete(key);
  }

  /**
   * Removes entries that have expired.
   *
   * @param atMost How many deadlines are looked at.
   * @returns How many entries were removed.
   */
  sweep(atMost: number): number {
    let removed = 0;
    for (let taken = 0; taken < atMost && this.#isDue(); taken++) {
      if (this.#takeDue()) removed++;
    }
    return removed;
  }

  #own(key: string, owner: string | undefined): void {
    if (owner === undefined) return;
    const keys = this.#owners.get(owner);
    if (keys) keys.add(key);
    else this.#owners.set(owner, new Set([key]));
  }

  #disown(key: string, owner: string | undefined): void {
    if (owner === undefined) return;
    const keys = this.#owners.get(owner)!;
    keys.delete(key);
    if (keys.size === 0) this.#owners.delete(owner);
  }

  #evict(): void {
    while (this.#isDue()) {
      if (this.#takeDue()) return;
    }
    const leastRecent = this.#leastRecent.next(this.#entries);
    if (leastRecent !== undefined) this.remove(leastRecent);
  }

  #schedule(key: string, deadline: number): void {
    this.#deadlines.add(key, deadline);
    // Deleted records leave their deadlines behind: without this, signing in and out for days would fill the memory.
    if (this.#deadlines.size <= 2 * this.#entries.size + SLACK) return;
    this.#deadlines = new Deadlines();
    for (const [key, { expires }] of this.#entries) this.#deadlines.add(key, expires);
  }

  #isDue(): boolean {
    return this.#deadlines.earliest <= now();
  }

  /** Takes the earliest deadline away, and its record too if that has expired. Says whether it did. */
  #takeDue(): boolean {
    const key = this.#deadlines.take()!;
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    if (isAlive(entry.expires)) {
      this.#schedule(key, entry.expires);
      return false;
    }
    this.remove(key);
    return true;
  }
}

/**
 * What a store gives back of an entry.
 *
 * @param entry The entry.
 * @returns The record with its version.
 */
export function storedEntry({ data, expires, owner, version }: Entry): StoredSession {
  const text = String(version);
  return owner === undefined ? { data, expires, version: text } : { data, expires, owner, version: text };
}

const SLACK = 64;
