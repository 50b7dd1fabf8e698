/** Accounts of the bookshop in tests. */

import { Passwords } from "../../auth/passwords.ts";
import type { TestBrowser } from "../../testing/test_browser.ts";
import { tokenIn } from "./_pages.ts";

/** A password that a shop with these takes is made in no time, and as quickly guessed. */
export const QUICK_PASSWORDS: Passwords = new Passwords({ iterations: 1000 });

/** A password that is long enough. */
export const PASSWORD = "a difference engine";

/** Fills in one of the two forms. */
export async function enter(
  browser: TestBrowser,
  path: "/sign-up/" | "/sign-in/",
  name: string,
  { password = PASSWORD, next }: { password?: string; next?: string } = {},
): Promise<Response> {
  const csrfmiddlewaretoken = tokenIn(await browser.text(path));
  return await browser.post(path, { csrfmiddlewaretoken, name, password, ...next !== undefined && { next } });
}

/** Who a page of the shop says is signed in; `undefined` if nobody is. */
export function nameIn(page: string): string | undefined {
  return /<a class="who"[^>]*>[^]*?<span>([^<]*)<\/span>/.exec(page)?.[1];
}

/** What is wrong with the fields of the form, by their names, as a page says it. */
export function problemsIn(page: string): Record<string, string> {
  const found = page.matchAll(/<p class="problem" id="([a-z]+)-problem">([^<]*)<\/p>/g);
  return Object.fromEntries(found.map(([, field, text]) => [field!, text!]));
}
