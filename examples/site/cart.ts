/**
 * The cart as the session keeps it. Nothing here changes a cart: each function makes a new one of the old, which is
 * what `session.update()` wants. It may call them again, on what another tab has stored in the meantime.
 */

import { allBooks, type Book } from "./catalogue.ts";
import type { Language } from "./texts/texts.ts";

/** How many of which book. Sessions hold JSON, so this is a plain object and no `Map`. */
export interface Cart {
  /** The number of copies by slug. */
  readonly copies: Readonly<Record<string, number>>;
  /** The form that added a book last. */
  readonly last?: SentForm;
}

/** A form that adds a book. The page gives each its own ticket. */
export interface SentForm {
  readonly ticket: string;
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
}

/** A line of the cart's page. */
export interface CartLine {
  readonly book: Book;
  readonly copies: number;
  /** The price of all copies, in cents. */
  readonly price: number;
}

/** As many of one book as the shop has. */
export const MOST_COPIES = 20;

/** What a visitor begins with. */
export const EMPTY_CART: Cart = { copies: {} };

/** Adds a copy. A form that comes twice within seconds is a double click, and one copy. */
export function addBook(cart: Cart, slug: string, form: SentForm): Cart {
  if (isRepeated(cart, form)) return cart;
  const copies = Math.min((cart.copies[slug] ?? 0) + 1, MOST_COPIES);
  return { copies: { ...cart.copies, [slug]: copies }, last: form };
}

/** Whether this form has just been counted. */
export function isRepeated({ last }: Cart, form: SentForm): boolean {
  return last?.ticket === form.ticket && form.at - last.at < REPEAT_WINDOW;
}

/** Says how many copies there are to be, 0 for none. A book that is no longer in the cart is not brought back. */
export function changeCopies(cart: Cart, slug: string, copies: number): Cart {
  if (!Object.hasOwn(cart.copies, slug)) return cart;
  const { [slug]: _, ...others } = cart.copies;
  return { ...cart, copies: copies === 0 ? others : { ...cart.copies, [slug]: copies } };
}

/** How many copies there are, of one book or of all. */
export function countCopies({ copies }: Cart, slug?: string): number {
  if (slug !== undefined) return Object.hasOwn(copies, slug) ? copies[slug]! : 0;
  return Object.values(copies).reduce((sum, count) => sum + count, 0);
}

/** What is in the cart, in the order of the shelf. */
export function cartLines(cart: Cart, language: Language): CartLine[] {
  return allBooks(language)
    .map((book) => ({ book, copies: countCopies(cart, book.slug) }))
    .filter(({ copies }) => copies > 0)
    .map(({ book, copies }) => ({ book, copies, price: copies * book.price }));
}

const REPEAT_WINDOW = 10_000;
