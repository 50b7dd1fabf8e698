/** The bookshop of the examples, without a server: its handler, and browsers in front of it. */

import { createApp, type ShopOptions } from "../../examples/site/app.ts";
import type { AppEvent } from "../../middleware/events.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import { TestBrowser } from "../../testing/test_browser.ts";
import type { TestBrowserOptions } from "../../testing/test_browser_options.ts";
import { fieldIn, tokenIn } from "./_pages.ts";

/** A shop, and who is in it. */
export interface Shop {
  /** A visitor. */
  readonly browser: TestBrowser;
  /** What the shop has told its keeper. */
  readonly events: AppEvent[];
  /** Another visitor of the same shop. */
  visitor(): TestBrowser;
}

/** Opens a shop; in memory unless said otherwise. */
export function openShop(options: Partial<ShopOptions> = {}, browser: TestBrowserOptions = {}): Shop {
  const events: AppEvent[] = [];
  const app = createApp({
    store: new MemoryStore(),
    keys: ["a test's key, and plainly nothing else"],
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { browser: new TestBrowser(app, browser), events, visitor: () => new TestBrowser(app, browser) };
}

/** Sends a form of the shop with its token. */
export async function send(browser: TestBrowser, path: string, fields: Record<string, string>): Promise<Response> {
  const csrfmiddlewaretoken = tokenIn(await browser.text("/"));
  return await browser.post(path, { csrfmiddlewaretoken, ...fields });
}

/** Puts a book into the cart, as its page's form does. */
export async function add(browser: TestBrowser, book: string): Promise<Response> {
  const page = await browser.text(`/books/${book}/`);
  const fields = { csrfmiddlewaretoken: tokenIn(page), book, ticket: fieldIn(page, "ticket") };
  return await browser.post("/cart/add/", fields);
}
