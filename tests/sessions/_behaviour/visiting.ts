import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { setCookies } from "../_site.ts";
import { type Subject, testWith } from "./kit.ts";

/** Coming, coming back, and coming with a cookie that opens nothing. */
export function visitingTests(subject: Subject): void {
  testWith(subject, "what was set is there on the next request, and in every tab", async (makeSite) => {
    const browser = makeSite({
      "/set": (session) => session.assign({ name: "Ada", age: 36, tags: ["a", "b"], address: { city: "London" } }),
    }).browser();

    assertEquals(await browser.json("/"), {});
    await browser.get("/set");

    const expected = { name: "Ada", age: 36, tags: ["a", "b"], address: { city: "London" } };
    assertEquals(await Promise.all([browser.json("/"), browser.json("/"), browser.json("/")]), [
      expected,
      expected,
      expected,
    ]);
  });

  testWith(subject, "two visitors don't see each other's sessions", async (makeSite) => {
    const site = makeSite({ "/set": (session, request) => session.set("who", new URL(request.url).search) });
    const [ada, grace] = [site.browser(), site.browser()];
    await Promise.all([ada.get("/set?ada"), grace.get("/set?grace")]);

    assertEquals([await ada.json("/"), await grace.json("/")], [{ who: "?ada" }, { who: "?grace" }]);
  });

  testWith(subject, "the cookie survives the closing of the browser unless told otherwise", async (makeSite) => {
    const browser = makeSite({ "/set": (session) => session.set("a", 1) }).browser();
    await browser.get("/set");
    browser.restart();

    assertEquals(await browser.json("/"), { a: 1 });
  });

  if (!subject.goesByServer) {
    testWith(subject, "a session that has expired is empty, and its cookie goes", async (makeSite) => {
      using time = new FakeTime();
      const site = makeSite({ "/set": (session) => session.set("a", 1) }, { idleSeconds: 60 });
      const browser = site.browser();
      await browser.get("/set");
      const late = browser.copy();
      // The browser of the copy doesn't forget what has ended, as an attacker's wouldn't.
      const cookies = late.cookies.all().map((cookie) => ({ ...cookie, expires: undefined }));
      time.tick(5_000);
      assertEquals(await browser.copy().json("/"), { a: 1 });

      time.tick(56_000);
      late.cookies.adopt(cookies);
      const response = await late.get("/");
      assertEquals([response.status, await response.json()], [200, {}]);
      assertEquals(setCookies(response), ["-sessionid"]);
      assertEquals(late.cookies.all(), []);
    });
  }

  testWith(subject, "a session may live for a hundred years", async (makeSite) => {
    const browser = makeSite({ "/set": (session) => session.set("a", 1), "/expiry": (session) => session.expiry }, {
      idleSeconds: 3_153_600_000,
      ...(subject.knowsOrigins !== false && { absoluteSeconds: 3_153_600_000 }),
    }).browser();
    await browser.get("/set");

    assertEquals([await browser.json("/"), (await browser.json("/expiry")).seconds > 3_153_500_000], [{ a: 1 }, true]);
  });

  testWith(subject, "an id that somebody made up is no session, and is never adopted", async (makeSite) => {
    const site = makeSite({ "/set": (session) => session.set("a", 1) });
    const browser = site.browser();
    const forged = "A".repeat(43);
    const response = await browser.get("/set", { headers: { Cookie: `sessionid=${forged}` } });

    assertEquals(response.status, 200);
    assertNotEquals(browser.cookie("sessionid")?.value, forged);
    assertEquals(await site.browser().json("/", { headers: { Cookie: `sessionid=${forged}` } }), {});
    assertEquals(await browser.json("/"), { a: 1 });
  });

  testWith(subject, "a forged id costs the visitor nothing but the cookie", async (makeSite) => {
    const response = await makeSite({}).browser().get("/", { headers: { Cookie: `sessionid=${"A".repeat(43)}` } });

    assertEquals([response.status, await response.json(), setCookies(response)], [200, {}, ["-sessionid"]]);
  });

  testWith(subject, "malformed cookies are no session, and never an error", async (makeSite) => {
    const site = makeSite({ "/set": (session) => session.set("a", 1) });
    const values = [
      "",
      '""',
      "short",
      "A".repeat(42),
      "A".repeat(44),
      "A".repeat(100_000),
      `${"A".repeat(42)}=`,
      `${"A".repeat(42)}/`,
      "../../../../etc/passwd",
      "%00%0d%0aSet-Cookie:%20a=b",
      "\u00ff\u00fe",
      "'; drop table sessions; --",
      "1.",
      "4.x",
      "9.x",
      `2.${"A".repeat(4000)}`,
      "__proto__",
      "null",
      "[object Object]",
      '"\\000\\012"',
    ];
    for (const value of values) {
      const cookie = `sessionid=${value}; sessionid.1=x; sessionid.9=x`;
      const read = await site.browser().get("/", { headers: { Cookie: cookie } });
      assertEquals([read.status, await read.json()], [200, {}], value);
      assert(setCookies(read).includes("-sessionid"), `the cookie stays: ${value}`);

      const browser = site.browser();
      const written = await browser.get("/set", { headers: { Cookie: cookie } });
      assertEquals([written.status, await written.json()], [200, null], value);
      assertEquals(await browser.json("/"), { a: 1 }, value);
    }
    assertEquals(site.eventNames().filter((name) => name === "exception"), []);
  });

  testWith(subject, "a session planted before sign-in opens nothing afterwards", async (makeSite) => {
    const site = makeSite({
      "/": (session) => session.get("user", "nobody"),
      "/basket": (session) => session.set("basket", "chosen by the attacker"),
      "/sign-in": (session) => {
        session.cycleKey();
        session.set("user", "victim");
      },
    });
    const attacker = site.browser();
    await attacker.get("/basket");
    const victim = attacker.copy();
    await victim.get("/sign-in");

    assertEquals([await victim.json("/"), await attacker.json("/")], ["victim", "nobody"]);
    assertNotEquals(victim.cookie("sessionid")?.value, attacker.cookie("sessionid")?.value);
  });

  testWith(subject, "a request that is sent twice is done twice, on one session", async (makeSite) => {
    const browser = makeSite({ "/add": (session) => session.update("n", (n = 0) => n + 1) }).browser();
    await browser.get("/add");
    const first = browser.copy();
    await browser.get("/add");
    await browser.get("/add");

    assertEquals(await browser.json("/"), { n: 3 });
    // Sent again with the cookie of the first answer: on the server that is the same session, in a cookie an older one.
    assertEquals(await first.json("/"), { n: subject.onServer ? 3 : 1 });
  });

  testWith(
    subject,
    "flush() ends the session and the cookie, and what is set afterwards begins anew",
    async (makeSite) => {
      const site = makeSite({
        "/set": (session) => session.assign({ user: "Ada", cart: ["book"] }),
        "/out": (session) => session.flush(),
        "/over": (session) => {
          session.flush();
          session.set("note", "signed out");
        },
      });
      const browser = site.browser();
      await browser.get("/set");
      const copy = browser.copy();
      const response = await browser.get("/out");
      assertEquals([setCookies(response), browser.cookies.all()], [["-sessionid"], []]);
      assertEquals(await browser.json("/"), {});
      // What nobody can change in a cookie: a copy stays good. The documentation of CookieStore says so.
      assertEquals(await copy.json("/"), subject.endsForGood ? {} : { user: "Ada", cart: ["book"] });

      await browser.get("/set");
      const before = browser.cookie("sessionid")?.value;
      await browser.get("/over");
      assertNotEquals(browser.cookie("sessionid")?.value, before);
      assertEquals(await browser.json("/"), { note: "signed out" });
    },
  );
}
