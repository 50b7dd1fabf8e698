/** Prices, years and times as a reader wants them, in each language. */

import type { Language } from "../texts/texts.ts";

/** English as it is written where one pays with euros. */
const LOCALES: Readonly<Record<Language, string>> = { en: "en-IE", de: "de-DE" };

const EUROS = each((locale) => new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }));
const TIMES = each((locale) => {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" });
});
const DAYS = each((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }));
const AGES = each((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));

/** A price. */
export function price(cents: number, language: Language): string {
  return EUROS[language].format(cents / 100);
}

/** A year, before our era if negative. */
export function year(value: number, beforeOurEra: string): string {
  return value < 0 ? `${-value} ${beforeOurEra}` : String(value);
}

/** A moment, to the second. Nobody knows where its reader lives, so it says which time it means. */
export function moment(date: Date, language: Language): string {
  return `${TIMES[language].format(date)} UTC`;
}

/** A day. */
export function day(date: Date, language: Language): string {
  return DAYS[language].format(date);
}

/** How long ago something was, in the largest unit that is full. */
export function ago(date: Date, language: Language, now: number = Date.now()): string {
  const seconds = Math.max(0, (now - date.getTime()) / 1000);
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
  // "now" to the minute: who reads it is there just now.
  return AGES[language].format(unit === "second" ? 0 : -Math.floor(seconds / length), unit);
}

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]] as const;

function each<T>(make: (locale: string) => T): Readonly<Record<Language, T>> {
  return { en: make(LOCALES.en), de: make(LOCALES.de) };
}
