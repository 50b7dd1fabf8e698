/** Which language a page is in: what `locale()` has found out, as one of the shop's own. */

import type { Context, HasLanguage } from "@nuages/web";
import { type Language, LANGUAGES } from "./texts/texts.ts";

/**
 * The visitor's language. The context of an error that happened outside of `locale()` does not know it: a host that
 * isn't ours, say. Then it is the first one.
 */
export function languageOf(context: Context & Partial<HasLanguage>): Language {
  return LANGUAGES.find((language) => language === context.language) ?? LANGUAGES[0];
}
