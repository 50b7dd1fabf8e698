/** The languages of the shop, and where the texts of each are. */

import { ACCOUNT_DE } from "./account_de.ts";
import { ACCOUNT_EN } from "./account_en.ts";
import { SHOP_DE } from "./shop_de.ts";
import { SHOP_EN } from "./shop_en.ts";

/** The languages, the one first that is shown to who wants none of them. */
export const LANGUAGES = ["en", "de"] as const;

/** A language of the shop. */
export type Language = typeof LANGUAGES[number];

/** All texts of a language. One that is missing in another language does not compile. */
export interface Texts {
  readonly shop: typeof SHOP_EN;
  readonly account: typeof ACCOUNT_EN;
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: { shop: SHOP_EN, account: ACCOUNT_EN },
  de: { shop: SHOP_DE, account: ACCOUNT_DE },
};

/** The texts of a language. */
export function textsIn(language: Language): Texts {
  return TEXTS[language];
}
