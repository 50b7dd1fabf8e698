/**
 * Time as Django writes it.
 *
 * @module
 */

/** Writes and reads instants as a Django does, which goes by UTC (`USE_TZ = True`) or by the clock on the wall (`USE_TZ = False`). */
export class DjangoTime {
  /** The time zone of the clock on the wall; `undefined` for UTC. */
  readonly timeZone: string | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;

  /**
   * @param who What asks for it, for the message.
   * @param timeZone Django's `TIME_ZONE`, if its `USE_TZ` is `False`.
   * @throws {TypeError} If there is no such time zone.
   */
  constructor(who: string, timeZone?: string) {
    this.timeZone = timeZone;
    if (timeZone === undefined) return;
    try {
      this.#format = new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...PARTS });
    } catch (cause) {
      throw new TypeError(
        `Cannot create ${who} as timeZone must be the name of a time zone, such as "Europe/Paris": received ${
          Deno.inspect(timeZone)
        }`,
        { cause },
      );
    }
  }

  /**
   * Writes an instant as Django writes it into a column of SQLite or MySQL.
   *
   * @param instant In milliseconds since the Unix epoch.
   * @returns Such as `2026-11-25 19:05:10.250000`.
   */
  toText(instant: number): string {
    const fraction = instant - Math.floor(instant / 1000) * 1000;
    const micro = fraction === 0 ? "" : `.${String(Math.floor(fraction * 1000)).padStart(6, "0")}`;
    return new Date(instant + this.#offsetAt(instant)).toISOString().slice(0, 19).replace("T", " ") + micro;
  }

  /**
   * Reads what {@linkcode DjangoTime.toText} or Django has written.
   *
   * @param text The text; anything.
   * @returns The instant, in milliseconds since the Unix epoch; `NaN` if it is none.
   */
  fromText(text: string): number {
    return TEXT_REGEXP.test(text) ? this.#fromWall(Date.parse(`${text.replace(" ", "T").slice(0, 23)}Z`)) : NaN;
  }

  /**
   * Writes an instant as Python's `isoformat()` does.
   *
   * @param instant In milliseconds since the Unix epoch.
   * @returns Such as `2026-11-25T19:05:10.250000+00:00`; without the offset for a clock on the wall.
   */
  toIso(instant: number): string {
    return this.toText(instant).replace(" ", "T") + (this.#format === undefined ? "+00:00" : "");
  }

  /**
   * Reads what Python's `isoformat()` has written.
   *
   * @param text The text; anything.
   * @returns The instant, in milliseconds since the Unix epoch; `NaN` if it is none.
   */
  fromIso(text: string): number {
    return /[+-]\d\d:\d\d(:\d\d)?$|Z$/.test(text)
      ? Date.parse(text)
      : this.fromText(text.replace(/^(\d{4}-\d\d-\d\d)T/, "$1 "));
  }

  /** The instant at which the clock on the wall shows a time; of two, the later one. */
  #fromWall(wall: number): number {
    if (this.#format === undefined || Number.isNaN(wall)) return wall;
    // An offset is a day at most, and changes once in some months: so one of the two is that of the instant.
    const offsets = [this.#offsetAt(wall - DAY), this.#offsetAt(wall + DAY)];
    const found = offsets.map((offset) => wall - offset).filter((at) => at + this.#offsetAt(at) === wall);
    return found.length > 0 ? Math.max(...found) : wall - offsets[0]!;
  }

  /** By how much the clock on the wall is ahead of UTC, in milliseconds. */
  #offsetAt(instant: number): number {
    if (this.#format === undefined) return 0;
    const whole = Math.floor(instant / 1000) * 1000;
    const parts = Object.fromEntries(this.#format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const { year, month, day, hour, minute, second } = parts;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - whole;
  }
}

const PARTS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
};
const TEXT_REGEXP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/;
const DAY = 86_400_000;
