/**
 * Keys by deadline, the earliest first: a binary heap. It is kept in two arrays rather than in an object for each key, since a store in memory has one for each
 * session: 16 bytes instead of 64.
 */
export class Deadlines {
  // Side by side: the children of the one at `i` are at `2 * i + 1` and `2 * i + 2`, and none is earlier than its parent.
  readonly #times: number[] = [];
  readonly #keys: string[] = [];

  /** How many there are. */
  get size(): number {
    return this.#keys.length;
  }

  /** The earliest deadline, in milliseconds since the Unix epoch; infinite if there is none. */
  get earliest(): number {
    return this.#times.length === 0 ? Infinity : this.#times[0]!;
  }

  /**
   * Adds a key. One that is there already is there twice then.
   *
   * @param key The key.
   * @param time Its deadline, in milliseconds since the Unix epoch.
   */
  add(key: string, time: number): void {
    let index = this.#keys.length;
    this.#times.push(time);
    this.#keys.push(key);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#times[parent]! <= time) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#put(index, key, time);
  }

  /**
   * Takes out the key with the earliest deadline.
   *
   * @returns The key; `undefined` if there is none.
   */
  take(): string | undefined {
    const earliest = this.#keys[0];
    const [key, time] = [this.#keys.pop(), this.#times.pop()];
    if (this.#keys.length > 0) this.#sink(key!, time!);
    return earliest;
  }

  /** Puts a key at the top, and lets it sink to where it belongs. */
  #sink(key: string, time: number): void {
    const { length } = this.#keys;
    let index = 0;
    for (let child = 1; child < length; child = 2 * index + 1) {
      if (child + 1 < length && this.#times[child + 1]! < this.#times[child]!) child++;
      if (time <= this.#times[child]!) break;
      this.#move(child, index);
      index = child;
    }
    this.#put(index, key, time);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from]!, this.#times[from]!);
  }

  #put(index: number, key: string, time: number): void {
    this.#keys[index] = key;
    this.#times[index] = time;
  }
}
