/** What tests in a browser do in the bookshop, and look at. */

import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";

/** Puts a book into the cart. */
export async function addBook(page: Page, origin: string, slug: string): Promise<void> {
  await page.goto(`${origin}/books/${slug}/`);
  await press(page, "Add to cart");
  assertEquals(page.url(), `${origin}/cart/`);
}

/** Presses a button of a form, and waits for the page that comes. */
export async function press(where: Page | Locator, name: string | RegExp): Promise<void> {
  const page = "page" in where ? where.page() : where;
  const isLoaded = page.waitForEvent("load");
  await where.getByRole("button", { name }).click();
  await isLoaded;
}

/** Follows a link, and waits for the page that it leads to. */
export async function follow(page: Page, name: string): Promise<void> {
  const isLoaded = page.waitForEvent("load");
  await page.getByRole("link", { name }).click();
  await isLoaded;
}

/** The messages on the page. */
export function messages(page: Page): Promise<string[]> {
  return page.locator(".notice").allInnerTexts();
}

/** The titles in the cart that the page shows. */
export function titles(page: Page): Promise<string[]> {
  return page.locator(".line h2").allInnerTexts();
}

/** How many books the page says are in the cart. */
export async function cartCount(page: Page): Promise<number> {
  return Number(await page.locator('.top-links a[href="/cart/"] b').innerText());
}

/** The colour of the page. */
export function background(page: Page): Promise<string> {
  return page.evaluate("getComputedStyle(document.body).backgroundColor");
}
