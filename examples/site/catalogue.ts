/** The shop’s twelve books, each in an edition for every language. What is said about them stands in `texts/`. */

import { BOOKS_DE } from "./texts/books_de.ts";
import { BOOKS_EN } from "./texts/books_en.ts";
import type { Language } from "./texts/texts.ts";

/** The shelves: every book in this shop has weather in it. */
export const WEATHERS = ["clouds", "wind", "storm", "snow", "fog", "night"] as const;

/** A shelf of the shop. */
export type Weather = typeof WEATHERS[number];

/** What is the same about a book in all its editions. */
interface BookFacts {
  /** Names the book in addresses. */
  readonly slug: string;
  /** When it was written or first printed; before our era if negative. */
  readonly year: number;
  readonly weather: Weather;
  /** The price in cents, since cents are whole numbers and euros are not. */
  readonly price: number;
}

/** What is said about a book in one language. */
export interface BookWords {
  readonly title: string;
  readonly author: string;
  readonly blurb: string;
  /** What to expect, as a weather report. */
  readonly forecast: string;
}

/** A book as the shop sells it: an edition. */
export interface Book extends BookFacts, BookWords {
  readonly language: Language;
}

const FACTS: readonly BookFacts[] = [
  { slug: "the-clouds", year: -423, weather: "clouds", price: 990 },
  { slug: "wuthering-heights", year: 1847, weather: "wind", price: 1190 },
  { slug: "the-tempest", year: 1611, weather: "storm", price: 890 },
  { slug: "the-snow-queen", year: 1844, weather: "snow", price: 1290 },
  { slug: "bleak-house", year: 1853, weather: "fog", price: 1490 },
  { slug: "white-nights", year: 1848, weather: "night", price: 890 },
  { slug: "on-the-modifications-of-clouds", year: 1803, weather: "clouds", price: 1590 },
  { slug: "five-weeks-in-a-balloon", year: 1863, weather: "wind", price: 1090 },
  { slug: "typhoon", year: 1902, weather: "storm", price: 990 },
  { slug: "farthest-north", year: 1897, weather: "snow", price: 1790 },
  { slug: "the-sea-wolf", year: 1904, weather: "fog", price: 1090 },
  { slug: "around-the-moon", year: 1869, weather: "night", price: 1090 },
];

const SHELVES: Readonly<Record<Language, readonly Book[]>> = {
  en: FACTS.map((facts) => ({ ...facts, ...BOOKS_EN[facts.slug]!, language: "en" })),
  de: FACTS.map((facts) => ({ ...facts, ...BOOKS_DE[facts.slug]!, language: "de" })),
};

/** Every book, in the order of the shelf. */
export function allBooks(language: Language): readonly Book[] {
  return SHELVES[language];
}

/** The book with this slug. Takes anything: slugs come from addresses, forms and old sessions. */
export function findBook(slug: unknown, language: Language): Book | undefined {
  return SHELVES[language].find((book) => book.slug === slug);
}

/** The books with these slugs, in this order; what the shop no longer has is left out. */
export function findBooks(slugs: readonly string[], language: Language): Book[] {
  return slugs.map((slug) => findBook(slug, language)).filter((book) => book !== undefined);
}

/**
 * The books of a shelf (of all, if it is none) that have all these words in title or author. Whoever remembers a title in another language finds
 * the book by it, too.
 */
export function searchBooks(weather: string, words: string, language: Language): Book[] {
  const wanted = words.toLowerCase().split(/\s+/);
  return SHELVES[language].filter((book) => {
    if (isWeather(weather) && book.weather !== weather) return false;
    const editions = Object.values(SHELVES).map((shelf) => shelf.find(({ slug }) => slug === book.slug)!);
    return editions.some(({ title, author }) => {
      const text = `${title} ${author}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
  });
}

/** Whether a text names a shelf. */
export function isWeather(text: string): text is Weather {
  return (WEATHERS as readonly string[]).includes(text);
}
