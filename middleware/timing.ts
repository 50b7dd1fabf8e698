/**
 * The times of one request.
 *
 * @module
 */

/**
 * Measures parts of a request: `context.timing` of {@linkcode serverTiming}. It may be used alone.
 *
 * What is measured several times under one name is added up, and the number of times shown: ten queries of a loop are one line. Parts that run side by side may
 * add up to more than the whole. A hundred names are kept, further ones aren't: they make a header that servers refuse.
 *
 * @example
 * ```ts
 * import { Timing } from "@nuages/web/middleware";
 * import { assertEquals, assertMatch } from "@std/assert";
 *
 * const timing = new Timing();
 * const sum = timing.measure("sum", () => 1 + 1);
 * const stop = timing.start("mail", "Welcome mail");
 * stop();
 *
 * assertEquals(sum, 2);
 * assertMatch(timing.toHeader(), /^total;dur=[\d.]+, sum;dur=[\d.]+, mail;dur=[\d.]+;desc="Welcome mail"$/);
 * ```
 */
export class Timing {
  readonly #began: number = now();
  #spans: Map<string, Span> | undefined;

  /**
   * Measures what a function does, until what it promised is there. It also counts if it fails.
   *
   * @typeParam T What the function gives.
   * @param name Letters, digits and dashes, such as `db`.
   * @param action The function.
   * @param description More about it.
   * @returns What the function gives.
   * @throws {TypeError} If the name is no token.
   */
  measure<T>(name: string, action: () => T, description?: string): T {
    const stop = this.start(name, description);
    let result: T;
    try {
      result = action();
    } catch (error) {
      stop();
      throw error;
    }
    if (result instanceof Promise) return result.finally(stop) as T;
    stop();
    return result;
  }

  /**
   * Begins to measure. What isn't stopped when the header is made counts as far as it got.
   *
   * @param name Letters, digits and dashes, such as `db`.
   * @param description More about it.
   * @returns A function that stops; calling it again does nothing.
   * @throws {TypeError} If the name is no token (RFC 9110 §5.6.2).
   */
  start(name: string, description?: string): () => void {
    if (typeof name !== "string" || !TOKEN_REGEXP.test(name)) {
      throw new TypeError(
        `Cannot measure ${
          Deno.inspect(name)
        } as a name must be a token: letters, digits and dashes, and the words go into the description`,
      );
    }
    const span = this.#span(name, description);
    const began = now();
    span.count++;
    span.running++;
    span.milliseconds -= began;
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      span.running--;
      span.milliseconds += now();
    };
  }

  /**
   * Makes the value of a `Server-Timing` header: the time since the beginning as `total`, then the parts, in milliseconds.
   *
   * @returns The value.
   */
  toHeader(): string {
    const at = now();
    let header = `total;dur=${rounded(at - this.#began)}`;
    for (const [name, span] of this.#spans ?? []) header += `, ${name}${written(span, at)}`;
    return header;
  }

  #span(name: string, description: string | undefined): Span {
    const spans = this.#spans ??= new Map();
    let span = spans.get(name);
    if (span === undefined) {
      span = { description: undefined, milliseconds: 0, count: 0, running: 0 };
      if (spans.size < MAX_NAMES) spans.set(name, span);
    }
    span.description ??= description;
    return span;
  }
}

interface Span {
  description: string | undefined;
  /** The sum of the ends less that of the beginnings; for each that runs the end is missing. */
  milliseconds: number;
  count: number;
  running: number;
}

const MAX_NAMES = 100;
const TOKEN_REGEXP = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

/** The one place where these times come from; unlike the time of day it never jumps. */
function now(): number {
  return performance.now();
}

function rounded(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 10) / 10);
}

function written({ description, milliseconds, count, running }: Span, at: number): string {
  const times = count > 1 ? `${count} times` : "";
  const text = description !== undefined && times !== "" ? `${description} (${times})` : description ?? times;
  return `;dur=${rounded(milliseconds + running * at)}${text === "" ? "" : `;desc=${quoted(text)}`}`;
}

/** A quoted-string (RFC 9110 §5.6.4) of what every browser shows: printable ASCII, and not for ever. */
function quoted(text: string): string {
  const plain = String(text).slice(0, 100).replace(/[^\x20-\x7e]/gu, "?");
  return `"${plain.replace(/["\\]/g, "\\$&")}"`;
}
