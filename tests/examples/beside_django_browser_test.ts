/** A visitor of the shop that is half Django and half Nuages, from signing in to signing out. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { chromiumTests, type Visitor, type VisitorOptions } from "./_chromium.ts";
import { MISSING, type Observatory, openObservatory } from "./_observatory.ts";

let observatory: Observatory | undefined;
let proxy: Deno.ServeHandler | undefined;
/** The same with the pages for signing in and out on the other side, too. */
let proxyOfAll: Deno.ServeHandler | undefined;

const inChromium = chromiumTests(() => (request, info) => proxy!(request, info));

if (MISSING === undefined) {
  Deno.test.beforeAll(async () => {
    observatory = await openObservatory();
    proxy = observatory.proxy();
    proxyOfAll = observatory.proxy(["/cart/", "/account/", "/accounts/login/", "/accounts/logout/"]);
  });
  Deno.test.afterAll(async () => await observatory?.[Symbol.asyncDispose]());
}

testBeside("from signing in to signing out, across both sides", async ({ page, origin }) => {
  await page.goto(`${origin}/account/`);
  assertEquals(page.url(), `${origin}/accounts/login/?next=/account/`);
  assertEquals(await side(page), "Django");
  await signIn(page);
  assertEquals(page.url(), `${origin}/account/`);
  // Signed in by the one, who said so in a message: known and told by the other.
  assertEquals(await side(page), "Nuages");
  assertEquals(await messages(page), ["Good to see you, Ada."]);
  assertEquals(await page.getByRole("definition").allTextContents(), [
    "Ada",
    "ada",
    "ada@shop.example",
    "observers",
    "yes",
  ]);

  await page.goto(`${origin}/instruments/barometer/`);
  assertEquals([await side(page), await cartCount(page)], ["Django", 0]);
  // A form of the one's, with its token, sent to the other.
  await page.getByRole("button", { name: "Add to cart" }).click();
  assertEquals([page.url(), await side(page), await cartCount(page)], [`${origin}/cart/`, "Nuages", 1]);
  assertEquals(await messages(page), ["The barometer is in your cart."]);
  await page.getByRole("button", { name: "One more: Barometer" }).click();
  assertEquals(await cartCount(page), 2);
  await page.goto(origin);
  assertEquals([await side(page), await cartCount(page)], ["Django", 2]);

  await page.goto(`${origin}/cart/`);
  await page.getByRole("button", { name: "Empty the cart" }).click();
  // A message of the one's, shown by the other.
  assertEquals([page.url(), await side(page), await cartCount(page)], [`${origin}/`, "Django", 0]);
  assertEquals(await messages(page), ["Your cart is empty again."]);

  await page.goto(`${origin}/account/`);
  // A form of the other's, with its token, sent to the one.
  await page.getByRole("button", { name: "Sign out" }).click();
  assertEquals([page.url(), await side(page)], [`${origin}/`, "Django"]);
  assertEquals(await messages(page), ["You are signed out."]);
  await page.goto(`${origin}/account/`);
  assertEquals(page.url(), `${origin}/accounts/login/?next=/account/`);
  assertEquals(await cookieNames(page), ["csrftoken"]);
});

testBeside("the same, with signing in and out on the other side", async ({ page, origin }) => {
  await page.goto(`${origin}/instruments/rain-gauge/`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.goto(`${origin}/accounts/password/`);
  assertEquals(page.url(), `${origin}/accounts/login/?next=/accounts/password/`);
  assertEquals(await side(page), "Nuages");
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  assertEquals(await page.getByRole("alert").textContent(), "That name and that password don’t belong together.");
  await signIn(page);

  // Who was signed in here is let in there, with the cart of before.
  assertEquals([page.url(), await side(page)], [`${origin}/accounts/password/`, "Django"]);
  assertEquals([await messages(page), await cartCount(page)], [["Good to see you, Ada."], 1]);
  await page.getByRole("button", { name: "Sign out" }).click();
  assertEquals([page.url(), await side(page), await messages(page)], [`${origin}/`, "Django", ["You are signed out."]]);
  assertEquals(await page.getByRole("link", { name: "Sign in" }).count(), 1);
  assertEquals(await cartCount(page), 0);
}, { site: (request, info) => proxyOfAll!(request, info) });

testBeside("a new password ends all other sessions, on both sides, and not one's own", async (visitor) => {
  const { page, origin } = visitor;
  const other = await anotherVisitor(page);
  for (const tab of [page, other]) {
    await tab.goto(`${origin}/accounts/login/?next=/account/`);
    await signIn(tab);
  }
  await changePassword(page, origin, "plainly-a-demo", "plainly-another-demo");
  assertEquals([page.url(), await side(page)], [`${origin}/account/`, "Nuages"]);
  assertEquals(await messages(page), ["Your password is another one now. Everywhere else you are signed out."]);
  await other.goto(`${origin}/account/`);
  assertEquals(other.url(), `${origin}/accounts/login/?next=/account/`);
  await other.context().close();

  await changePassword(page, origin, "plainly-another-demo", "plainly-a-demo");
  await page.goto(`${origin}/account/`);
  assertEquals(page.url(), `${origin}/account/`);
});

testBeside(
  "of two tabs that fill the cart on the moved page at once, both are counted",
  async ({ page, newTab, origin }) => {
    const tab = await newTab();
    await page.goto(`${origin}/instruments/anemometer/`);
    await page.getByRole("button", { name: "Add to cart" }).click();
    await page.getByText("is in your cart").waitFor();
    await page.goto(`${origin}/instruments/anemometer/`);
    await tab.goto(`${origin}/instruments/hygrometer/`);
    await Promise.all([page, tab].map(async (each) => {
      await each.getByRole("button", { name: "Add to cart" }).click();
      await each.waitForURL(`${origin}/cart/`);
    }));

    await page.reload();
    assertEquals(await cartCount(page), 3);
  },
);

testBeside("at night, on a phone, and by the keyboard alone", async ({ page, origin }) => {
  await page.goto(origin);
  assertEquals(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
  await page.keyboard.press("Tab");
  assertEquals(await page.locator(":focus").textContent(), "Skip to the page");
  const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  assertEquals(background, "rgb(17, 26, 48)");
  await page.getByRole("button", { name: "Add to cart: Wind vane" }).press("Enter");
  await page.waitForURL(`${origin}/cart/`);
  assertEquals(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
  assert((await page.getByRole("main").textContent())!.includes("1 × € 79.00"));
}, { viewport: { width: 360, height: 740 }, colorScheme: "dark" });

function testBeside(name: string, body: (visitor: Visitor) => Promise<void>, options: VisitorOptions = {}): void {
  if (MISSING === undefined) inChromium(`beside Django: ${name}`, body, options);
  else Deno.test({ name: `beside Django: ${name} (${MISSING})`, ignore: true, fn: () => {} });
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("plainly-a-demo");
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
}

async function changePassword(page: Page, origin: string, before: string, after: string): Promise<void> {
  await page.goto(`${origin}/accounts/password/`);
  await page.getByLabel("The present one").fill(before);
  for (const label of ["The new one", "The new one, once more"]) {
    await page.getByLabel(label, { exact: true }).fill(after);
  }
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByText("Your password is another one now.").waitFor();
}

/** Which side a page comes from, by what its foot says. */
async function side(page: Page): Promise<string | null> {
  return await page.locator(".side b").textContent();
}

async function messages(page: Page): Promise<string[]> {
  return await page.getByRole("status").allTextContents();
}

async function cartCount(page: Page): Promise<number> {
  return Number(await page.locator("nav b").textContent());
}

async function cookieNames(page: Page): Promise<string[]> {
  return (await page.context().cookies()).map(({ name }) => name).sort();
}

async function anotherVisitor(page: Page): Promise<Page> {
  const context = await page.context().browser()!.newContext();
  return await context.newPage();
}
