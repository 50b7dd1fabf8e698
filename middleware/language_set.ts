/**
 * Finding a language a site has.
 *
 * @module
 */

/**
 * The languages of a site, and how they are looked up. (RFC 4647 §3.4, "Lookup".)
 *
 * @internal
 */
export class LanguageSet {
  /** The tags, as the site writes them. */
  readonly tags: readonly string[];
  /** What is shown where nothing else was found. */
  readonly fallback: string;
  readonly #tags: ReadonlyMap<string, string>;

  /**
   * Checks the languages.
   *
   * @param languages The tags.
   * @param fallback Which of them is shown where nothing else was found.
   * @param owner Whose option it is, for the messages.
   * @throws {TypeError} If there is none, one is no language tag, or one is there twice.
   */
  constructor(languages: readonly string[], fallback: string | undefined, owner: string) {
    if (!Array.isArray(languages) || languages.length === 0) {
      throw new TypeError(`Cannot create ${owner} without languages: name those the site has, such as ["en", "pt-BR"]`);
    }
    const tags = new Map<string, string>();
    for (const tag of languages) {
      if (typeof tag !== "string" || !TAG_REGEXP.test(tag)) {
        throw new TypeError(
          `Cannot create ${owner} as languages must be language tags, such as "en" or "pt-BR": received ${
            Deno.inspect(tag)
          }`,
        );
      }
      if (tags.has(tag.toLowerCase())) {
        throw new TypeError(`Cannot create ${owner} as ${JSON.stringify(tag)} is there twice`);
      }
      tags.set(tag.toLowerCase(), tag);
    }
    if (fallback !== undefined && !languages.includes(fallback)) {
      throw new TypeError(
        `Cannot create ${owner} as defaultLanguage must be one of the languages: received ${Deno.inspect(fallback)}`,
      );
    }
    this.tags = Object.freeze([...languages]);
    this.fallback = fallback ?? languages[0]!;
    this.#tags = tags;
  }

  /**
   * Finds a language by its tag, whatever the case of the letters.
   *
   * @param tag The tag.
   * @returns The tag as the site writes it; `undefined` if the site doesn't have it.
   */
  exact(tag: string): string | undefined {
    return this.#tags.get(tag.toLowerCase());
  }

  /**
   * Finds a language by a tag that may be more exact than the site's: `de-AT` finds `de`. If there is none, one of the same language: `pt` finds `pt-BR`.
   *
   * @param tag The tag; anything.
   * @returns The tag as the site writes it; `undefined` if the site has none that fits.
   */
  find(tag: string | undefined): string | undefined {
    return tag === undefined || tag.length > LONGEST_TAG || !TAG_REGEXP.test(tag)
      ? undefined
      : this.#lookUp(tag) ?? this.#similar(tag);
  }

  /**
   * Finds what a visitor prefers.
   *
   * @param header The `Accept-Language`.
   * @returns The tag as the site writes it; `undefined` if nothing fits.
   */
  negotiate(header: string | null): string | undefined {
    const ranges = parseAcceptLanguage(header);
    const wanted = ranges.filter(({ quality }) => quality > 0);
    const isRefused = (tag: string): boolean => ranges.length > wanted.length && qualityOf(tag, ranges) === 0;
    for (const { range } of wanted) {
      const found = range === "*"
        ? [this.fallback, ...this.tags].find((tag) => !isRefused(tag))
        : this.#lookUp(range, isRefused);
      if (found !== undefined) return found;
    }
    for (const { range } of wanted) {
      const found = this.#similar(range, isRefused);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Shortens the tag from its end, until the site has it. A place where Chinese is written in one of its scripts stands for that. */
  #lookUp(range: string, isRefused: (tag: string) => boolean = () => false): string | undefined {
    const whole = range.toLowerCase();
    const parts = whole.split("-");
    while (parts.length > 0) {
      const shortened = parts.join("-");
      const tag = this.#tags.get(shortened);
      if (tag !== undefined && !isRefused(tag)) return tag;
      const script = shortened === whole ? this.#tags.get(SCRIPTS.get(whole) ?? "") : undefined;
      if (script !== undefined && !isRefused(script)) return script;
      parts.pop();
      // A single letter introduces what comes after it, and goes with it.
      if (parts.at(-1)?.length === 1) parts.pop();
    }
    return undefined;
  }

  #similar(range: string, isRefused: (tag: string) => boolean = () => false): string | undefined {
    const primary = range.toLowerCase().split("-", 1)[0]!;
    return this.tags.find((tag) => tag.toLowerCase().split("-", 1)[0] === primary && !isRefused(tag));
  }
}

interface Range {
  /** In lower case. */
  readonly range: string;
  /** From 0, never, to 1. */
  readonly quality: number;
}

/** In the order of preference. What is malformed isn't there, nor what lies beyond what browsers send. (RFC 9110 §12.5.4.) */
function parseAcceptLanguage(header: string | null): Range[] {
  if (header === null) return [];
  const short = header.length <= LONGEST_HEADER
    ? header
    : header.slice(0, header.lastIndexOf(",", LONGEST_HEADER) + 1 || 0);
  const ranges = short.toLowerCase().split(",").flatMap((item) => {
    const [, range, quality = "1"] = ITEM_REGEXP.exec(item.trim()) ?? [];
    return range === undefined ? [] : [{ range, quality: Number(quality) }];
  });
  return ranges.sort((a, b) => b.quality - a.quality);
}

/** That of the longest range that has the tag among its own. */
function qualityOf(tag: string, ranges: readonly Range[]): number {
  const lower = tag.toLowerCase();
  let best: Range | undefined;
  for (const each of ranges) {
    const { range } = each;
    const fits = range === "*" || lower === range || lower.startsWith(`${range}-`);
    const length = range === "*" ? 0 : range.length;
    if (fits && (best === undefined || length > (best.range === "*" ? 0 : best.range.length))) best = each;
  }
  return best?.quality ?? 1;
}

/** Browsers say `zh-TW`, sites have `zh-Hant`, and by shortening the one never becomes the other. (Django's list.) */
const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["zh-cn", "zh-hans"],
  ["zh-my", "zh-hans"],
  ["zh-sg", "zh-hans"],
  ["zh-hk", "zh-hant"],
  ["zh-mo", "zh-hant"],
  ["zh-tw", "zh-hant"],
]);
const TAG_REGEXP = /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i;
const ITEM_REGEXP = /^([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;
const LONGEST_TAG = 100;
const LONGEST_HEADER = 500;
