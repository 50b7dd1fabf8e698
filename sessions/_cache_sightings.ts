import { isAlive, now } from "./_record.ts";

/** A write that is under way. */
export interface Writing {
  /** The state of the key when it began. */
  readonly stamp: number;
  /** Whether no other write to the key was under way then. */
  readonly isAlone: boolean;
}

/**
 * What this process has learned about records by writing them, or by asking for the truth: a copy that says otherwise is older, and isn't used here any more.
 * It is remembered for as long as such a copy could live, and not longer.
 *
 * So a slow reader may put into the fast store what was true before a write. Nobody in this process will believe it.
 */
export class CacheSightings {
  /** Those that were changed last come last. */
  readonly #sightings = new Map<string, Sighting>();
  readonly #stale: number;
  #stamps = 0;

  /**
   * Makes an empty memory.
   *
   * @param stale For how long a copy may be used, in milliseconds.
   */
  constructor(stale: number) {
    this.#stale = stale;
  }

  /**
   * Whether a copy may be used.
   *
   * @param key The record's key.
   * @param version The version of the copy.
   * @returns Whether nothing newer is known.
   */
  accepts(key: string, version: string): boolean {
    const sighting = this.#sightings.get(key);
    return sighting === undefined || !isAlive(sighting.until) || sighting.version === version;
  }

  /**
   * The state of a key, to see later whether anything has happened.
   *
   * @param key The key.
   * @returns A number that changes when a write begins or ends, and when something new is seen.
   */
  stampOf(key: string): number {
    return this.#sightings.get(key)?.stamp ?? 0;
  }

  /**
   * Notes what the lasting store has said.
   *
   * @param key The record's key.
   * @param stamp The state of the key when it was asked.
   * @param version The version of the record; `undefined` if there is none.
   * @returns Whether that is the newest there is: nothing has happened since.
   */
  see(key: string, stamp: number, version: string | undefined): boolean {
    const sighting = this.#sightings.get(key);
    if (this.stampOf(key) !== stamp || sighting && sighting.writes > 0) return false;
    this.#keep(key, { version, writes: 0, until: now() + this.#stale, stamp: ++this.#stamps });
    return true;
  }

  /**
   * Notes that a write begins. Until it ends, no copy is used: it may have happened already or not.
   *
   * @param key The record's key.
   * @returns The write.
   */
  begin(key: string): Writing {
    const writes = this.#sightings.get(key)?.writes ?? 0;
    const stamp = ++this.#stamps;
    this.#keep(key, { version: undefined, writes: writes + 1, until: Infinity, stamp });
    return { stamp, isAlone: writes === 0 };
  }

  /**
   * Notes that a write has ended.
   *
   * @param key The record's key.
   * @param writing The write.
   * @param version What it made; `undefined` if it made none, or may have made one.
   * @returns Whether that is the newest there is. Where two writes were under way at once nobody knows.
   */
  end(key: string, { stamp, isAlone }: Writing, version: string | undefined): boolean {
    const sighting = this.#sightings.get(key)!;
    const isNewest = isAlone && sighting.stamp === stamp && version !== undefined;
    const writes = sighting.writes - 1;
    const until = writes > 0 ? Infinity : now() + this.#stale;
    this.#keep(key, { version: isNewest ? version : undefined, writes, until, stamp: ++this.#stamps });
    return isNewest;
  }

  #keep(key: string, sighting: Sighting): void {
    this.#sightings.delete(key);
    this.#sightings.set(key, sighting);
    // Two more than come in, so that what is over goes soon. A write that hangs must not keep those behind it.
    let left = 3;
    for (const [oldKey, old] of this.#sightings) {
      if (left-- === 0 || isAlive(old.until) && old.writes === 0) break;
      this.#sightings.delete(oldKey);
      if (old.writes > 0) this.#sightings.set(oldKey, old);
    }
  }
}

interface Sighting {
  /** The only version whose copies are used; `undefined` if none are. */
  readonly version: string | undefined;
  /** How many writes are under way. */
  readonly writes: number;
  /** Until when this matters: later, a copy from before it has died. */
  readonly until: number;
  /** The state of the key. */
  readonly stamp: number;
}
