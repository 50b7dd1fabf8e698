import { isSessionId, keyOfSession } from "./_session_id.ts";

/**
 * The keys of the ids seen last, since a page and what belongs to it come with one id in a row, and hashing is dearer than all else that finding a
 * session takes. They are in this process only, where every request brings its id anyway.
 */
export class RecentKeys {
  // Two generations: when the younger is full the older is forgotten, so that no more than twice its size is kept.
  #younger = new Map<string, string>();
  #older = new Map<string, string>();

  /**
   * The key of an id.
   *
   * @param id What came in a cookie.
   * @returns The key; `undefined` if it is no id of ours.
   */
  keyOf(id: string): string | undefined {
    const known = this.#younger.get(id);
    if (known !== undefined || !isSessionId(id)) return known;
    const key = this.#older.get(id) ?? keyOfSession(id);
    if (this.#younger.size >= GENERATION) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(copyOf(id), key);
    return key;
  }
}

const GENERATION = 2048;

/** A text of its own: one that was cut out of a header keeps the whole header in memory. */
function copyOf(id: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(id));
}
