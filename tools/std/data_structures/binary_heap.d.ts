// The signatures of `@std/data-structures/binary-heap`.

export class BinaryHeap<T> implements Iterable<T> {
  constructor(compare?: (a: T, b: T) => number);
  static from<T>(collection: ArrayLike<T> | Iterable<T> | BinaryHeap<T>): BinaryHeap<T>;
  static from<T>(
    collection: ArrayLike<T> | Iterable<T> | BinaryHeap<T>,
    options: { compare?: (a: T, b: T) => number },
  ): BinaryHeap<T>;
  static from<T, U, V>(
    collection: ArrayLike<T> | Iterable<T> | BinaryHeap<T>,
    options: {
      compare?: (a: U, b: U) => number;
      map: (this: V, value: T, index: number) => U;
      thisArg?: V;
    },
  ): BinaryHeap<U>;
  toArray(): T[];
  get length(): number;
  peek(): T | undefined;
  pop(): T | undefined;
  push(...values: T[]): number;
  clear(): void;
  isEmpty(): boolean;
  drain(): IterableIterator<T>;
  [Symbol.iterator](): IterableIterator<T>;
}
