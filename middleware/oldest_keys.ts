/**
 * Finds the keys that have been in a `Map` for longest, to be removed from it one after the other, at a cost that doesn't depend on how large the map is.
 *
 * A `Map` keeps the place of what was removed until half of it is such places. Each `map.keys().next()` goes through those before the first key that is there: a
 * thousand and more, where the first one is removed again and again. So some keys are taken at once here, and the map is looked at again when they are used up.
 *
 * @typeParam K The keys.
 */
export class OldestKeys<K> {
  /** The oldest last; with some that have been moved or removed since. */
  readonly #keys: K[] = [];
  /** Those of them that have not. */
  readonly #waiting = new Set<K>();

  /**
   * Is told that a key is removed from the map, or moved to its end.
   *
   * @param key The key.
   */
  forget(key: K): void {
    if (this.#waiting.size > 0) this.#waiting.delete(key);
  }

  /**
   * Gives the oldest key. Whoever asks removes it from the map before the next question.
   *
   * @param map The map.
   * @returns The key; `undefined` if the map is empty.
   */
  next(map: ReadonlyMap<K, unknown>): K | undefined {
    while (map.size > 0) {
      if (this.#keys.length === 0) this.#take(map);
      const key = this.#keys.pop()!;
      if (this.#waiting.delete(key)) return key;
    }
    return undefined;
  }

  #take(map: ReadonlyMap<K, unknown>): void {
    let left = Math.ceil(map.size / PART);
    for (const key of map.keys()) {
      if (left-- === 0) break;
      this.#keys.push(key);
      this.#waiting.add(key);
    }
    this.#keys.reverse();
  }
}

/** Which part of the map is taken at once. There are about as many places of removed keys as keys, so that each costs so many steps twice. */
const PART = 64;
