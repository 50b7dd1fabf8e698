import { assert, assertEquals, assertMatch, assertNotEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { createApp, type ShopOptions } from "../../examples/site/app.ts";
import { KvRecords, MemoryRecords } from "../../examples/site/records.ts";
import { CookieStore } from "../../sessions/cookie_store.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import { enter, nameIn, PASSWORD, problemsIn, QUICK_PASSWORDS } from "./_accounts.ts";
import { cartCountIn, messagesIn, tokenIn } from "./_pages.ts";
import { add, openShop, send, type Shop } from "./_shop.ts";

function shopWithAccounts(options: Partial<ShopOptions> = {}): Shop {
  return openShop({ passwords: QUICK_PASSWORDS, ...options });
}

Deno.test("who signs up is signed in, under a new session id, and finds the cart as it was", async () => {
  const { browser } = shopWithAccounts();
  await add(browser, "typhoon");
  const before = browser.cookie("sessionid")!.value;

  const answer = await enter(browser, "/sign-up/", "  Ada   Lovelace ");

  assertEquals([answer.status, answer.headers.get("Location")], [303, "/account/"]);
  assertNotEquals(browser.cookie("sessionid")!.value, before);
  const page = await browser.text("/account/");
  assertEquals(nameIn(page), "Ada Lovelace");
  assertStringIncludes(messagesIn(page).join(), "Welcome, Ada Lovelace.");
  assertEquals(cartCountIn(page), 1);
});

Deno.test("who signs in gets a new session id and keeps the cart; who signs out keeps neither", async () => {
  const { browser, visitor } = shopWithAccounts();
  await enter(visitor(), "/sign-up/", "Ada");
  await add(browser, "typhoon");
  const before = browser.cookies.all();

  assertEquals((await enter(browser, "/sign-in/", "ADA")).status, 303);
  const signedIn = browser.cookies.all();
  const page = await browser.text("/cart/");
  assertEquals([nameIn(page), cartCountIn(page)], ["Ada", 1]);

  const answer = await send(browser, "/sign-out/", {});
  assertEquals([answer.status, answer.headers.get("Location")], [303, "/"]);
  const after = await browser.text("/");
  assertEquals([nameIn(after), cartCountIn(after)], [undefined, 0]);
  assertMatch(messagesIn(after).join(), /You are signed out/);

  // Neither the id from before signing in nor the one after it leads anywhere.
  for (const cookies of [before, signedIn]) {
    const thief = visitor();
    thief.cookies.adopt(cookies);
    const stolen = await thief.text("/cart/");
    assertEquals([nameIn(stolen), cartCountIn(stolen)], [undefined, 0]);
  }
});

Deno.test("signing in says the same of a wrong name and a wrong password", async () => {
  const { browser, visitor } = shopWithAccounts();
  await enter(visitor(), "/sign-up/", "Ada");

  const pages = [];
  for (
    const [name, password] of [["Ada", "an analytical engine"], ["Eve", PASSWORD], ["", ""], ["A".repeat(5000), "x"]]
  ) {
    const answer = await enter(browser, "/sign-in/", name!, { password: password! });
    assertEquals(answer.status, 422);
    const page = await answer.text();
    assertStringIncludes(page, "<title>Problem: Sign in");
    pages.push(/<p class="notice error" role="alert" id="problem">([^<]*)/.exec(page)?.[1]);
    assertNotMatch(page, /difference engine|analytical engine/, "no page repeats a password");
  }
  assertEquals(pages, Array(4).fill("No account has this name with this password."));
  assertEquals(nameIn(await browser.text("/")), undefined);
});

Deno.test("signing up says at each field what is wrong with it, and makes no account", async () => {
  const { browser } = shopWithAccounts();
  const name = "A name has 2 to 30 letters or digits, with spaces, dots and hyphens between them.";

  for (
    const [fields, problems] of [
      [["Ada", "short"], { password: "The password needs at least 10 characters." }],
      [["Ada", "aaaaaaaaaaaa"], {
        password: "The password is too easy to guess: it is the name, or one character again and again.",
      }],
      [["Ada Lovelace", "ada LOVELACE"], {
        password: "The password is too easy to guess: it is the name, or one character again and again.",
      }],
      [["Ada", "x1".repeat(2100)], { password: "The password is too long." }],
      [["A", PASSWORD], { name }],
      [["<b>Ada</b>", PASSWORD], { name }],
      [["Ada\u202e", PASSWORD], { name }],
      [["-Ada", "short"], { name, password: "The password needs at least 10 characters." }],
      [["A".repeat(31), PASSWORD], { name }],
    ] as const
  ) {
    const answer = await enter(browser, "/sign-up/", fields[0], { password: fields[1] });
    assertEquals(answer.status, 422);
    const page = await answer.text();
    assertEquals(problemsIn(page), problems);
    for (const field of Object.keys(problems)) {
      assertMatch(
        page,
        new RegExp(`id="${field}"[^>]*aria-describedby="${field}-hint ${field}-problem"\\s+aria-invalid="true"`),
      );
    }
    assertEquals(page.match(/autofocus/g)?.length, 1, "the cursor is where the first problem is");
  }
  assertEquals(nameIn(await browser.text("/")), undefined);
});

Deno.test("a name is one account's, however it is written, and however many want it at once", async () => {
  const { visitor } = shopWithAccounts();
  const names = ["Ada", "ada", "ADA", "ＡＤＡ", " Ada "];

  const answers = await Promise.all(names.map((name) => enter(visitor(), "/sign-up/", name)));

  assertEquals(answers.map(({ status }) => status).sort(), [303, 422, 422, 422, 422]);
  const refused = await answers.find(({ status }) => status === 422)!.text();
  assertEquals(problemsIn(refused), { name: "Somebody here has this name. Please choose another one." });
});

Deno.test("whoever wanted a page for accounts comes to it by signing in, and to no other site", async () => {
  const { browser, visitor } = shopWithAccounts();
  await enter(visitor(), "/sign-up/", "Ada");

  const sent = await browser.get("/letters/write/");
  assertEquals([sent.status, sent.headers.get("Location")], [302, "/sign-in/?next=/letters/write/"]);
  const form = await browser.text("/sign-in/?next=/letters/write/");
  assertStringIncludes(form, 'name="next" value="/letters/write/"');
  assertStringIncludes(form, 'href="/sign-up/?next=%2Fletters%2Fwrite%2F"');

  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
    const guest = visitor();
    const form = await guest.text(`/sign-in/?${new URLSearchParams({ next })}`);
    assertStringIncludes(form, '<input type="hidden" name="next" value="/">');
    assertStringIncludes(form, '<a href="/sign-up/">Make an account</a>');
    assertEquals((await enter(guest, "/sign-in/", "Ada", { next })).headers.get("Location"), "/");
    assertEquals((await guest.get(`/sign-up/?${new URLSearchParams({ next })}`)).headers.get("Location"), "/account/");
  }
  const answer = await enter(browser, "/sign-in/", "Ada", { next: "/letters/write/" });
  assertEquals(answer.headers.get("Location"), "/letters/write/");
  assertEquals((await browser.get("/letters/write/")).status, 200);
});

Deno.test("who tries passwords is told to wait, on the form, for that name only", async () => {
  const { browser, visitor, events } = shopWithAccounts();
  await enter(visitor(), "/sign-up/", "Ada");
  await enter(visitor(), "/sign-up/", "Bob");
  for (let attempt = 0; attempt < 10; attempt++) {
    await enter(browser, "/sign-in/", "Ada", { password: `guess ${attempt}` });
  }

  const answer = await enter(browser, "/sign-in/", "Ada");

  assertEquals(answer.status, 429);
  assert(Number(answer.headers.get("Retry-After")) > 0);
  assertStringIncludes(await answer.text(), "That was tried too often. Please wait 5 minutes.");
  assertEquals((await enter(browser, "/sign-in/", "Bob")).status, 303);
  assertEquals(events.filter(({ name }) => name === "auth.limited").length, 1);
});

Deno.test("who makes accounts all day is told to wait", async () => {
  const { browser } = shopWithAccounts();
  for (let attempt = 0; attempt < 20; attempt++) await enter(browser, "/sign-up/", "?");

  const answer = await enter(browser, "/sign-up/", "Ada");

  assertEquals(answer.status, 429);
  assertStringIncludes(await answer.text(), "Not so fast");
});

Deno.test("the account lists where one is signed in, and ends the others one by one or all", async () => {
  const { browser, visitor } = shopWithAccounts();
  const [phone, tablet] = [visitor(), visitor()];
  await enter(browser, "/sign-up/", "Ada");
  await enter(phone, "/sign-in/", "Ada");
  await enter(tablet, "/sign-in/", "Ada");

  const page = await browser.text("/account/");
  assertEquals(page.match(/<article class="device">/g)?.length, 3);
  assertEquals(page.match(/this browser/g)?.length, 1);
  const [device] = handlesIn(page);
  const answer = await send(browser, "/account/devices/end/", { device: device! });
  assertEquals(answer.headers.get("Location"), "/account/");
  const after = await browser.text("/account/");
  assertMatch(messagesIn(after).join(), / is signed out\.$/);
  assertEquals(handlesIn(after).length, 1);

  await send(browser, "/account/devices/end/", { device: device! });
  assertEquals(messagesIn(await browser.text("/account/")), ["That browser was not signed in any more."]);

  await send(browser, "/account/devices/end-others/", {});
  const alone = await browser.text("/account/");
  assertEquals(messagesIn(alone), ["Signed out everywhere else: one browser."]);
  assertEquals(handlesIn(alone), []);
  assertStringIncludes(alone, "You are signed in nowhere else.");
  for (const other of [phone, tablet]) {
    assertEquals(nameIn(await other.text("/")), undefined);
    assertEquals((await other.get("/account/")).headers.get("Location"), "/sign-in/?next=/account/");
  }
  assertEquals(nameIn(await browser.text("/")), "Ada");
});

Deno.test("nobody ends a session of somebody else's, nor sees one", async () => {
  const { browser, visitor } = shopWithAccounts();
  const [adas, eve] = [visitor(), visitor()];
  await enter(browser, "/sign-up/", "Ada");
  await enter(adas, "/sign-in/", "Ada");
  await enter(eve, "/sign-up/", "Eve");
  const [device] = handlesIn(await browser.text("/account/"));

  assertEquals(handlesIn(await eve.text("/account/")), []);
  await send(eve, "/account/devices/end/", { device: device! });
  assertEquals(messagesIn(await eve.text("/account/")), ["That browser was not signed in any more."]);
  await send(eve, "/account/devices/end-others/", {});

  assertEquals([nameIn(await browser.text("/")), nameIn(await adas.text("/"))], ["Ada", "Ada"]);
});

/** What names the sessions that can be ended. */
function handlesIn(page: string): string[] {
  return [...page.matchAll(/name="device" value="([^"]+)"/g)].map(([, handle]) => handle!);
}

Deno.test("with sessions in cookies the account says that it can't list them, and still ends all the others", async () => {
  const store = new CookieStore({ revocations: new MemoryStore() });
  const { browser, visitor } = shopWithAccounts({ store });
  const phone = visitor();
  await enter(browser, "/sign-up/", "Ada");
  await enter(phone, "/sign-in/", "Ada");

  assertStringIncludes(await browser.text("/account/"), "so it can’t list them");
  await send(browser, "/account/devices/end-others/", {});

  assertEquals(messagesIn(await browser.text("/account/")), ["Signed out everywhere else."]);
  assertEquals(nameIn(await phone.text("/")), undefined);
  assertEquals(nameIn(await browser.text("/")), "Ada");
});

Deno.test("passwords are written down as Django's hashes, and made anew when their owner signs in", async () => {
  const records = new MemoryRecords();
  const store = new MemoryStore();
  const first = shopWithAccounts({ records, store });
  await enter(first.browser, "/sign-up/", "Ada");
  const passwords = async () =>
    (await records.latest("users", 10)).map((user) => (user as { password: string }).password);
  assertMatch((await passwords())[0]!, /^pbkdf2_sha256\$1000\$/);

  const { Passwords } = await import("../../auth/passwords.ts");
  const second = shopWithAccounts({ records, store, passwords: new Passwords({ iterations: 2000 }) });
  assertEquals((await enter(second.browser, "/sign-in/", "Ada")).status, 303);

  assertMatch((await passwords())[0]!, /^pbkdf2_sha256\$2000\$/);
  assertNotMatch(JSON.stringify(await records.latest("users", 10)), new RegExp(PASSWORD));
});

Deno.test("accounts and letters in Deno KV are there again when the shop is built anew", async () => {
  using kv = await Deno.openKv(":memory:");
  const records = () => new KvRecords(kv);
  const before = shopWithAccounts({ records: records() }).browser;
  await enter(before, "/sign-up/", "Ada");
  assertEquals((await enter(shopWithAccounts({ records: records() }).browser, "/sign-up/", "ada")).status, 422);
  const token = tokenIn(await before.text("/letters/write/"));
  await before.post("/letters/write/", { csrfmiddlewaretoken: token, book: "typhoon", text: "The barometer!" });

  const after = shopWithAccounts({ records: records() }).browser;
  assertEquals((await enter(after, "/sign-in/", "Ada")).status, 303);
  assertStringIncludes(await after.text("/letters/"), "The barometer!");
});

Deno.test("the shop makes passwords in the library's own way unless it is told otherwise", async () => {
  const records = new MemoryRecords();
  const app = createApp({
    store: new MemoryStore(),
    records,
    keys: ["a test's key, and plainly nothing else"],
    onEvent() {},
  });
  const { TestBrowser } = await import("../../testing/test_browser.ts");

  assertEquals((await enter(new TestBrowser(app), "/sign-up/", "Ada")).status, 303);

  const [account] = await records.latest("users", 1) as { password: string }[];
  assertMatch(account!.password, /^pbkdf2_sha256\$1000000\$/);
});
