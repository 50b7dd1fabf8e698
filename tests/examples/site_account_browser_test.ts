import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { createApp } from "../../examples/site/app.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import { PASSWORD, QUICK_PASSWORDS } from "./_accounts.ts";
import { chromiumTests, type Site } from "./_chromium.ts";
import { addBook, background, cartCount, follow, messages, press } from "./_in_the_shop.ts";

function shop(): Site {
  const keys = ["a test's key, and plainly nothing else"];
  return createApp({ store: new MemoryStore(), passwords: QUICK_PASSWORDS, keys, onEvent() {} });
}

const inChromium = chromiumTests(shop);

inChromium("in Chromium one signs up with the keyboard alone, and the cart stays", async ({ page, origin }) => {
  await addBook(page, origin, "typhoon");
  const before = await sessionId(page);
  await follow(page, "Sign in");
  await page.getByRole("link", { name: "Make an account" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/sign-up\//);

  assertEquals(await isFocused(page.getByLabel("Name")), true, "the cursor is in the first field");
  await page.keyboard.type("Ada Lovelace");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Your cart" }).waitFor();

  assertEquals(page.url(), `${origin}/cart/`, "where the visitor came from");
  assertEquals(await messages(page), ["Welcome, Ada Lovelace. This is your account."]);
  assertEquals(await cartCount(page), 1);
  assertEquals(await nameOnPage(page), "Ada Lovelace");
  assertNotEquals(await sessionId(page), before);
});

inChromium("in Chromium a form says at each field what is wrong, and the cursor is there", async ({ page, origin }) => {
  await page.goto(`${origin}/sign-up/`);
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Password").fill("short");
  await press(page, "Make the account");

  const password = page.getByLabel("Password");
  assertMatch(await page.title(), /^Problem: /);
  assertEquals(await description(password), [
    "At least 10 characters. A sentence is easy to remember.",
    "The password needs at least 10 characters.",
  ]);
  assertEquals([await isInvalid(password), await isFocused(password)], [true, true]);
  assertEquals(await isInvalid(page.getByLabel("Name")), false);
  assertEquals([await page.getByLabel("Name").inputValue(), await password.inputValue()], ["Ada", ""]);

  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "The account of Ada" }).waitFor();
}, { expectedStatuses: [422] });

inChromium(
  "in Chromium a wrong password is refused, the right one signs in, and signing out ends it",
  async (visitor) => {
    const { page, newVisitor, origin } = visitor;
    await signUp(await newVisitor(), origin, "Ada");
    await addBook(page, origin, "typhoon");
    const before = await sessionId(page);

    await fillIn(page, `${origin}/sign-in/`, "Ada", "an analytical engine");
    await press(page.getByRole("main"), "Sign in");
    const wrong = "No account has this name with this password.";
    assertEquals(await page.getByRole("alert").innerText(), wrong);
    assertEquals(await description(page.getByLabel("Password")), [wrong]);
    assertEquals(await isFocused(page.getByLabel("Password")), true);
    assertEquals(await nameOnPage(page), undefined);

    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByText("Welcome back, Ada.").waitFor();
    const signedIn = await sessionId(page);
    assertNotEquals(signedIn, before);
    assertEquals([await nameOnPage(page), await cartCount(page)], ["Ada", 1]);

    await page.goto(`${origin}/account/`);
    await press(page.locator(".account"), "Sign out");
    assertMatch((await messages(page)).join(), /^You are signed out/);
    assertEquals([await nameOnPage(page), await cartCount(page)], [undefined, 0]);
    // The back button asks again, and finds nobody.
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();

    const thief = await newVisitor();
    await thief.context().addCookies([{ name: "sessionid", value: signedIn!, url: origin }]);
    await thief.goto(origin);
    assertEquals(await nameOnPage(thief), undefined);
  },
  { expectedStatuses: [422] },
);

inChromium("in Chromium another browser appears on the account page, and is signed out from there", async (visitor) => {
  const { page, newVisitor, origin } = visitor;
  await signUp(page, origin, "Ada");
  assertEquals(await page.locator(".device").count(), 1);
  assertEquals(await page.getByText("You are signed in nowhere else.").isVisible(), true);
  const phone = await newVisitor({ userAgent: PHONE });
  const tablet = await newVisitor();
  for (const other of [phone, tablet]) {
    await fillIn(other, `${origin}/sign-in/`, "ada", PASSWORD);
    await press(other.getByRole("main"), "Sign in");
    assertEquals(await nameOnPage(other), "Ada");
  }

  await page.reload();
  assertEquals(await page.locator(".device").count(), 3);
  assertMatch(
    await page.locator(".device", { hasText: "this browser" }).innerText(),
    /Linux this browser\s+127\.0\.0\.1 · /,
  );
  const firefox = page.locator(".device", { hasText: "Android" });
  assertMatch(await firefox.innerText(), /127\.0\.0\.1 · last seen now · signed in since /);
  await press(firefox, "Sign out");
  assertMatch((await messages(page)).join(), /Android is signed out\.$/);
  await phone.reload();
  assertEquals(await nameOnPage(phone), undefined);
  assertEquals([await nameOnPage(page), await page.locator(".device").count()], ["Ada", 2]);

  await press(page, "Sign out everywhere else");
  assertEquals(await messages(page), ["Signed out everywhere else: one browser."]);
  await tablet.goto(`${origin}/account/`);
  assertEquals(tablet.url(), `${origin}/sign-in/?next=/account/`);
  assertEquals([await nameOnPage(page), await page.locator(".device").count()], ["Ada", 1]);
});

inChromium("in Chromium all of it works without scripts", async ({ page, origin }) => {
  await signUp(page, origin, "Ada");
  await page.goto(`${origin}/letters/`);
  await follow(page, "Write a letter");
  await page.getByLabel("About which book?").selectOption("typhoon");
  await page.getByLabel("Your letter").fill("The barometer!");
  await press(page, "Send the letter");
  assertEquals(await page.locator(".letter blockquote").innerText(), "The barometer!");
  await follow(page, "Light and language");
  await press(page.getByRole("main"), "Deutsch");
  assertEquals(await page.locator("h1").innerText(), "Leserbriefe");
  await page.goto(`${origin}/account/`);
  await press(page.locator(".account"), "Abmelden");
  assertEquals(await nameOnPage(page), undefined);
}, { javaScriptEnabled: false });

inChromium("in Chromium the language changes on the page one is on, and stays", async ({ page, origin }) => {
  await page.goto(`${origin}/books/typhoon/`);
  assertEquals([await page.locator("html").getAttribute("lang"), await page.title()], [
    "en",
    "Typhoon · Librairie des Nuages",
  ]);

  const button = page.getByRole("button", { name: "Deutsch" });
  assertEquals(await button.getAttribute("lang"), "de");
  await button.focus();
  const isLoaded = page.waitForEvent("load");
  await page.keyboard.press("Enter");
  await isLoaded;

  assertEquals(page.url(), `${origin}/books/typhoon/`);
  assertEquals([await page.locator("html").getAttribute("lang"), await page.title()], [
    "de",
    "Taifun · Librairie des Nuages",
  ]);
  await press(page, "In den Korb");
  assertEquals(await messages(page), ["„Taifun“ liegt in Ihrem Korb."]);
  await press(page, "English");
  assertEquals(await page.getByRole("heading", { level: 1 }).innerText(), "Your cart");
});

inChromium("in Chromium a German browser is spoken to in German", async ({ page, origin }) => {
  const response = await page.goto(origin);

  assertEquals(response!.headers()["content-language"], "de");
  assertEquals(await page.locator("h1").innerText(), "Bücher, in denen Wetter ist");
  const heart = page.getByRole("button", { name: "Auf Ihrem Merkzettel: Taifun" });
  await heart.click();
  await page.locator('[data-wish="typhoon"] [aria-pressed="true"]').waitFor();
  assertEquals(await page.getByRole("status").last().textContent(), "Auf Ihrem Merkzettel");
}, { locale: "de-CH" });

inChromium(
  "in Chromium the letters are kept for all, in each visitor's own light, until somebody writes",
  async (visitor) => {
    const { page, newVisitor, origin } = visitor;
    const printed = (page: Page) => page.locator(".printed time").getAttribute("datetime");
    const reader = await newVisitor();
    await signUp(page, origin, "Ada");
    await press(page, "Night");
    const night = await background(page);

    await page.goto(`${origin}/letters/`);
    const first = await printed(page);
    assertEquals(await background(page), night, "the page has no theme in it, and is dark all the same");
    await reader.goto(`${origin}/letters/`);
    assertEquals(await printed(reader), first);
    assertNotEquals(await background(reader), night);
    // The page has no form, but a way to one.
    await follow(reader, "Light and language");
    await press(reader.getByRole("main"), "Night");
    assertEquals([reader.url(), await background(reader)], [`${origin}/letters/`, night]);
    assertEquals(await printed(reader), first);

    await follow(page, "Write a letter");
    await press(page, "Send the letter");
    assertEquals(await isFocused(page.getByLabel("About which book?")), true);
    assertEquals(await description(page.getByLabel("About which book?")), ["Please choose one of our books."]);
    await page.getByLabel("About which book?").selectOption("typhoon");
    await page.getByLabel("Your letter").fill("Since then I look at barometers.");
    await press(page, "Send the letter");

    assertEquals(page.url(), `${origin}/letters/`);
    assertNotEquals(await printed(page), first);
    await reader.reload();
    assertEquals(await printed(reader), await printed(page));
    assertMatch(
      await reader.locator(".letter").innerText(),
      /^Since then I look at barometers\.\s+Ada\s+about “Typhoon”/,
    );
  },
  { expectedStatuses: [422] },
);

for (const colorScheme of ["light", "dark"] as const) {
  inChromium(
    `in Chromium the ${colorScheme} account fits a phone, in both languages, and can be read`,
    async (visitor) => {
      const { page, origin } = visitor;
      await page.goto(`${origin}/sign-up/`);
      await fillIn(page, `${origin}/sign-up/`, "!", "?");
      await press(page, "Make the account");
      await check(page, "sign-up with problems");
      await fillIn(page, `${origin}/sign-in/`, "Ada", "wrong, and long enough");
      await press(page.getByRole("main"), "Sign in");
      await check(page, "sign-in with a problem");
      await signUp(page, origin, "Wilhelmina von und zu Wolken 9");
      for (const language of ["Deutsch", "English"]) {
        await press(page, language);
        for (
          const path of [
            "/",
            "/account/",
            "/letters/",
            "/letters/write/",
            "/preferences/",
            "/cart/",
            "/wishlist/",
            "/breakage/",
          ]
        ) {
          await page.goto(origin + path);
          await check(page, `${path} in ${language}`);
        }
      }
    },
    { viewport: { width: 320, height: 640 }, colorScheme, expectedStatuses: [422] },
  );
}

inChromium(
  "in Chromium the header has its lights beside the name, and room to search, however wide the window is",
  async (visitor) => {
    const { page, origin } = visitor;
    await signUp(page, origin, "Wilhelmina von und zu Wolken 9");
    for (const path of ["/account/", "/letters/"]) {
      await page.goto(origin + path);
      for (const width of [320, 375, 640, 641, 700, 960, 1000, 1100, 1152, 1153, 1200, 1600]) {
        await page.setViewportSize({ width, height: 640 });
        const what = `${path} at ${width} pixels`;
        const [name, lights, search] = await Promise.all(
          [".name", ".lights", ".search"].map((each) => boxOf(page, each)),
        );
        assert(Math.abs(middleOf(name!) - middleOf(lights!)) < 8, `the lights of ${what}`);
        assert(search!.width >= 125, `the search of ${what} is ${search!.width} wide`);
        assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width, what);
      }
    }
  },
  { locale: "de" },
);

async function boxOf(page: Page, selector: string): Promise<{ y: number; width: number; height: number }> {
  return (await page.locator(`.top ${selector}`).boundingBox())!;
}

function middleOf({ y, height }: { y: number; height: number }): number {
  return y + height / 2;
}

const PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";

/** A page on a phone: nothing is wider, and every text stands out (WCAG 2.2, 1.4.3). */
async function check(page: Page, what: string): Promise<void> {
  assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 320, what);
  assertEquals(await page.evaluate(FAINT_TEXTS), [], what);
}

/** The texts of the page, outside of the sky and the covers, whose contrast is below 4.5, or 3 where letters are large. */
const FAINT_TEXTS = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([...parts]) => parts.slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const paper = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const color = rgb(getComputedStyle(each).backgroundColor);
      if (color[3] === 255) return color;
    }
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
  return [...document.querySelectorAll("main *, footer *")].filter((element) => {
    if (element.closest("svg, .hidden") !== null || !hasText(element)) return false;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(paper(element))].sort((a, b) => b - a);
    return (a + 0.05) / (b + 0.05) < (parseFloat(getComputedStyle(element).fontSize) >= 24 ? 3 : 4.5);
  }).map((element) => element.textContent.trim());
})()`;

async function fillIn(page: Page, address: string, name: string, password: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel(/^Pass/).fill(password);
}

async function signUp(page: Page, origin: string, name: string): Promise<void> {
  await fillIn(page, `${origin}/sign-up/`, name, PASSWORD);
  await press(page.getByRole("main"), /./);
  assertEquals(page.url(), `${origin}/account/`);
}

/** Who the page says is signed in. */
async function nameOnPage(page: Page): Promise<string | undefined> {
  const link = page.locator(".top-links .who span");
  return await link.count() === 0 ? undefined : (await link.textContent())!;
}

async function sessionId(page: Page): Promise<string | undefined> {
  return (await page.context().cookies()).find(({ name }) => name.endsWith("sessionid"))?.value;
}

/** What a screen reader says after the label. */
async function description(field: Locator): Promise<string[]> {
  return await field.evaluate((element: { ariaDescribedByElements: { textContent: string }[] | null }) =>
    (element.ariaDescribedByElements ?? []).map(({ textContent }) => textContent)
  );
}

async function isInvalid(field: Locator): Promise<boolean> {
  return await field.getAttribute("aria-invalid") === "true";
}

/** Whether the cursor is in the field, when it is anywhere: a browser sets it when it draws the page. */
async function isFocused(field: Locator): Promise<boolean> {
  await field.page().locator("main :focus").waitFor();
  return await field.evaluate((element: { ownerDocument: { activeElement: unknown } }) =>
    element === element.ownerDocument.activeElement
  );
}
