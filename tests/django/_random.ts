/** Inputs by chance, the same ones for the same seed. */

/** From and to which code point characters are taken, the last one included. */
export type Range = readonly [from: number, to: number];

export const PRINTABLE: Range = [0x20, 0x7e];
export const CONTROLS: Range = [0x00, 0x1f];
/** All that a byte of a header can be. */
export const LATIN_1: Range = [0x80, 0xff];
/** Letters of two and of three bytes, and the line separators that JavaScript once minded. */
export const LETTERS: readonly Range[] = [[0x100, 0x17f], [0x3b1, 0x3c9], [0x4e00, 0x4fff], [0x2027, 0x202a], [
  0xfffd,
  0xffff,
]];
export const EMOJI: Range = [0x1f300, 0x1f64f];
export const LONE: Range = [0xd800, 0xdfff];
/** Whatever UTF-8 carries. */
export const WELL_FORMED: readonly Range[] = [PRINTABLE, PRINTABLE, CONTROLS, [0x7f, 0xff], ...LETTERS, EMOJI];
/** Whatever JSON carries: half of a pair, too. */
export const ANY: readonly Range[] = [...WELL_FORMED, LONE];

/** A source of what looks like chance. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1. (Mulberry32.) */
  next(): number {
    this.#state = this.#state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  }

  /** A whole number, the bounds included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** Whether something happens that happens now and then. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of several. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!;
  }

  /** Several of what is made, or none. */
  list<T>(longest: number, make: () => T): T[] {
    return Array.from({ length: this.int(0, longest) }, make);
  }

  /** A text, mostly a short one. */
  text(longest: number, ranges: readonly Range[] = WELL_FORMED): string {
    const length = this.chance(0.5) ? this.int(0, Math.min(longest, 8)) : this.int(0, longest);
    let text = "";
    // Mostly of one kind, as texts are.
    const favourite = this.pick(ranges);
    for (let i = 0; i < length; i++) {
      const [from, to] = this.chance(0.6) ? favourite : this.pick(ranges);
      text += String.fromCodePoint(this.int(from, to));
    }
    return text;
  }

  /** A text of one or more of certain characters. */
  word(longest: number, alphabet: string): string {
    return Array.from({ length: this.int(1, longest) }, () => alphabet[this.int(0, alphabet.length - 1)]).join("");
  }

  /** A number that JSON carries. */
  number(): number {
    switch (this.int(0, 7)) {
      case 0:
        return this.pick(EDGES);
      case 1:
        return this.int(-10, 10);
      case 2:
        return this.int(-(2 ** 40), 2 ** 40);
      case 3:
        return this.next() - 0.5;
      case 4:
        return (this.next() - 0.5) * 10 ** this.int(-320, 308);
      case 5:
        return this.int(-9, 9) * 10 ** this.int(10, 25);
      case 6:
        return this.int(-(2 ** 31), 2 ** 31) / 2 ** this.int(1, 20);
      default:
        return Math.trunc((this.next() - 0.5) * 2 ** 60);
    }
  }

  /** A JSON value, mostly a small one, with texts of any kind. */
  json(depth = 4): unknown {
    switch (this.int(0, depth > 0 ? 9 : 5)) {
      case 0:
        return null;
      case 1:
        return this.chance(0.5);
      case 2:
      case 3:
        return this.number();
      case 4:
      case 5:
        return this.text(30, ANY);
      case 6:
      case 7:
        return this.list(5, () => this.json(depth - 1));
      default:
        return this.object(5, depth - 1);
    }
  }

  /** An object of JSON values. */
  object(most: number, depth = 3): Record<string, unknown> {
    // By parsing, so that "__proto__" is a key like any other.
    const entries = this.list(most, () => [this.key(), this.json(depth)] as const);
    return JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`);
  }

  /** A key of an object. */
  key(): string {
    return this.chance(0.1) ? this.pick(KEYS) : this.text(12, ANY);
  }

  /** A text with one small change, or several, as somebody makes them who tries. */
  damaged(text: string): string {
    const at = this.int(0, text.length);
    switch (this.int(0, 6)) {
      case 0:
        return text.slice(0, at) + text.slice(at + 1);
      case 1:
        return text.slice(0, at) + this.text(3, ANY) + text.slice(at);
      case 2:
        return text.slice(0, at) + this.pick([..."AZaz09-_=.: \n"]) + text.slice(at + 1);
      case 3:
        return text.slice(0, at);
      case 4:
        return text.slice(at);
      case 5:
        return text + this.pick(["=", "==", " ", "\n", "\0", ":", "A", "."]);
      default:
        return text.slice(0, at) + text.slice(at).replace(/[a-z]/i, (letter) => {
          return letter < "a" ? letter.toLowerCase() : letter.toUpperCase();
        });
    }
  }
}

/** Where numbers change how they are written, or stop being exact. */
const EDGES = [
  ...[0, -0, 1, -1, 0.1, 1e-7, 1e-6, 1e15, 1e16, 1e17, 1e20, 1e21, 1e22, -1e16, 123456789012345680000],
  ...[2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 63, 2 ** 64],
  ...[5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 0.30000000000000004],
];

const KEYS = ["__proto__", "constructor", "toString", "hasOwnProperty", "0", "1", "10", "-1", "", "_session_expiry"];
