/**
 * Remembers what was made of the texts seen last, for what is dear to make and comes several times in a row.
 *
 * There are two generations: when the younger one is full the older one is forgotten. So no more than twice its size is kept, and looking something up
 * moves nothing.
 */
export class Recent<T> {
  readonly #size: number;
  #younger = new Map<string, T>();
  #older = new Map<string, T>();

  /**
   * @param size How many are remembered at least.
   */
  constructor(size: number) {
    this.#size = size;
  }

  /** What was made of a text, if that was not long ago. */
  get(text: string): T | undefined {
    const found = this.#younger.get(text);
    if (found !== undefined) return found;
    const older = this.#older.get(text);
    if (older !== undefined) this.set(text, older);
    return older;
  }

  /** Remembers what was made of a text. */
  set(text: string, made: T): void {
    if (this.#younger.size >= this.#size) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(text, made);
  }
}
