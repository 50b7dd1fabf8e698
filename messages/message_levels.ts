/**
 * How much a message matters.
 *
 * @module
 */

/** The usual levels. Any other whole number is a level too; its tag is given with the `tags` option of `messages()`. */
export interface MessageLevels {
  /** For whoever develops the site; not shown unless `minLevel` is lowered. */
  readonly debug: 10;
  /** Something worth knowing. */
  readonly info: 20;
  /** What the visitor asked for was done. */
  readonly success: 25;
  /** Nothing failed yet. */
  readonly warning: 30;
  /** What the visitor asked for was not done. */
  readonly error: 40;
}

/** Django's levels, by name. */
export const messageLevels: MessageLevels = Object.freeze({
  debug: 10,
  info: 20,
  success: 25,
  warning: 30,
  error: 40,
});

/** The tags of levels: what a page makes a CSS class of. */
export type LevelTags = Readonly<Record<number, string>>;

/**
 * The tags of all levels: Django's, with a site's own put over them.
 *
 * @param tags The site's own.
 * @returns All.
 * @throws {TypeError} If a level is no whole number, or a tag no text.
 * @internal
 */
export function resolveLevelTags(tags: LevelTags = {}): LevelTags {
  for (const [level, tag] of Object.entries(tags)) {
    if (!Number.isSafeInteger(Number(level)) || typeof tag !== "string") {
      throw new TypeError(
        `Cannot create messages as tags must map whole numbers to texts: received ${level}: ${Deno.inspect(tag)}`,
      );
    }
  }
  const standard = Object.entries(messageLevels).map(([name, level]) => [level, name]);
  return Object.freeze({ ...Object.fromEntries(standard), ...tags });
}
