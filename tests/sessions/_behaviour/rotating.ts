import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { TestBrowser } from "../../../testing/test_browser.ts";
import { Gate, type Page, setCookies } from "../_site.ts";
import { type MakeSite, type Subject, testWith } from "./kit.ts";

const pages: Readonly<Record<string, Page>> = {
  "/begin": (session) => session.assign({ user: "Ada", n: 0 }),
  "/add": (session) => session.update("n", (n) => n + 1),
  "/cycle": (session) => session.cycleKey(),
  "/out": (session) => session.flush(),
};

const idOf = (browser: TestBrowser) => browser.cookie("sessionid")?.value;

/** A visitor whose id is due, and a copy of the browser that keeps the old one. */
async function due(makeSite: MakeSite, time: FakeTime, more: Readonly<Record<string, Page>> = {}) {
  const site = makeSite({ ...pages, ...more }, { rotateSeconds: 600, rotateGraceSeconds: 20 });
  const browser = site.browser();
  await browser.get("/begin");
  time.tick(600_000);
  return { site, browser, old: browser.copy() };
}

/** Ids that change by themselves after a while. */
export function rotatingTests(subject: Subject): void {
  // In a cookie there is no id.
  if (!subject.onServer) return;

  testWith(subject, "an id that is old enough is replaced when it is used, and no other", async (makeSite) => {
    using time = new FakeTime();
    const browser = makeSite(pages, { rotateSeconds: 600 }).browser();
    await browser.get("/begin");
    const ids = [idOf(browser)];
    for (const [seconds, path] of [[599, "/"], [1, "/"], [599, "/add"], [1, "/add"], [600, "/"]] as const) {
      time.tick(seconds * 1000);
      assertEquals((await browser.get(path)).status, 200);
      ids.push(idOf(browser));
    }

    assertEquals(ids.map((id) => ids.indexOf(id)), [0, 0, 2, 2, 4, 5]);
    assertEquals(await browser.json("/"), { user: "Ada", n: 2 });
  });

  testWith(subject, "without rotateSeconds an id stays, however old", async (makeSite) => {
    using time = new FakeTime();
    const browser = makeSite(pages).browser();
    await browser.get("/begin");
    const id = idOf(browser);
    for (let day = 0; day < 80; day++) {
      time.tick(86_400_000);
      await browser.get("/add");
    }

    assertEquals([await browser.json("/"), idOf(browser)], [{ user: "Ada", n: 80 }, id]);
  });

  testWith(
    subject,
    "requests with the old id go on, on the same session, and are given the new id",
    async (makeSite) => {
      using time = new FakeTime();
      const { browser, old } = await due(makeSite, time);
      const before = idOf(old);
      await browser.get("/add");
      time.tick(19_000);
      const tabs = [old.copy(), old.copy()];
      assertEquals((await tabs[0]!.get("/add")).status, 200);
      assertEquals((await tabs[1]!.json("/")).n, 2);

      assertEquals(tabs.map(idOf), [idOf(browser), idOf(browser)]);
      assertNotEquals(idOf(browser), before);
      assertEquals(await browser.json("/"), { user: "Ada", n: 2 });
    },
  );

  testWith(
    subject,
    "after some seconds the old id opens nothing, and its cookie goes after a minute",
    async (makeSite) => {
      using time = new FakeTime();
      const { browser, old } = await due(makeSite, time);
      await browser.get("/");
      time.tick(20_000);
      const late = await old.get("/");
      // The browser has the new id by then, under the same name.
      assertEquals([await late.json(), setCookies(late)], [{}, []]);
      assertEquals((await old.get("/begin")).status, 400);

      time.tick(40_000);
      assertEquals(setCookies(await old.get("/")), ["-sessionid"]);
      assertEquals(await browser.json("/"), { user: "Ada", n: 0 });
    },
  );

  testWith(subject, "a change that was under way while the id was replaced counts", async (makeSite) => {
    using time = new FakeTime();
    const gate = new Gate();
    const { browser, old } = await due(makeSite, time, {
      "/slow": async (session) => {
        await gate.pass();
        session.update("n", (n) => n + 10);
      },
    });
    const slow = old.get("/slow");
    await gate.reached;
    await browser.get("/add");
    gate.open();

    assertEquals([(await slow).status, idOf(old)], [200, idOf(browser)]);
    assertEquals(await browser.json("/"), { user: "Ada", n: 11 });
  });

  testWith(subject, "signing out ends it under all its ids, whichever was used for it", async (makeSite) => {
    for (const which of ["old", "new"] as const) {
      using time = new FakeTime();
      const { browser, old, site } = await due(makeSite, time);
      await browser.get("/");
      const copies = [browser.copy(), old.copy()];
      const response = await (which === "old" ? old : browser).get("/out");

      assertEquals([response.status, setCookies(response)], [200, ["-sessionid"]]);
      for (const copy of copies) {
        assertEquals([which, await copy.json("/"), copy.cookies.all()], [which, {}, []]);
      }
      assertEquals(site.events, []);
    }
  });

  testWith(subject, "a sign-out that was under way while the id was replaced ends it too", async (makeSite) => {
    using time = new FakeTime();
    const gate = new Gate();
    const { browser, old } = await due(makeSite, time, {
      "/slow-out": async (session) => {
        await gate.pass();
        session.flush();
      },
    });
    const out = old.get("/slow-out");
    await gate.reached;
    await browser.get("/add");
    const copy = browser.copy();
    assertEquals((await copy.json("/")).user, "Ada");
    gate.open();

    assertEquals([(await out).status, await copy.json("/"), await browser.json("/")], [200, {}, {}]);
  });

  testWith(subject, "cycleKey() ends an id at once, and the one before it", async (makeSite) => {
    for (const which of ["old", "new"] as const) {
      using time = new FakeTime();
      const { browser, old } = await due(makeSite, time);
      await browser.get("/");
      const [first, second] = [old.copy(), browser.copy()];
      const signedIn = which === "old" ? old : browser;
      await signedIn.get("/cycle");

      assertEquals([which, await signedIn.json("/")], [which, { user: "Ada", n: 0 }]);
      assertEquals([which, await first.json("/"), await second.json("/")], [which, {}, {}]);
      assertEquals([(await first.get("/begin")).status, (await second.get("/begin")).status], [400, 400]);
    }
  });

  testWith(
    subject,
    "twenty requests at once with an id that is due: one new id, and nothing lost",
    async (makeSite) => {
      const site = makeSite(pages, { rotateSeconds: 0.05 });
      const old = site.browser();
      await old.get("/begin");
      // In real time, as stores wait at random when many write at once.
      await new Promise((resolve) => setTimeout(resolve, 60));
      const tabs = Array.from({ length: 20 }, () => old.copy());
      const answers = await Promise.all(tabs.map((tab, at) => tab.get(at % 4 === 0 ? "/" : "/add")));
      assertEquals(answers.map(({ status }) => status), Array(20).fill(200));

      assertEquals(site.events, []);
      for (const tab of tabs) assertEquals(await tab.json("/"), { user: "Ada", n: 15 });
    },
  );

  testWith(subject, "whoever never got the answer with the new id is given it once more", async (makeSite) => {
    using time = new FakeTime();
    const { browser, old } = await due(makeSite, time);
    await browser.get("/add");
    // As if the connection had broken: this browser has the old id still.
    time.tick(15_000);
    await old.get("/");
    time.tick(3600_000);

    assertEquals(await old.json("/"), { user: "Ada", n: 1 });
  });

  testWith(subject, "an id that is due again while the old one is still good leads on", async (makeSite) => {
    using time = new FakeTime();
    const site = makeSite(pages, { rotateSeconds: 2, rotateGraceSeconds: 30 });
    const browser = site.browser();
    await browser.get("/begin");
    const first = browser.copy();
    for (let step = 0; step < 5; step++) {
      time.tick(2000);
      await browser.get("/add");
    }
    const response = await first.get("/");

    assertEquals([(await response.json()).n, setCookies(response), idOf(first)], [5, ["sessionid"], idOf(browser)]);
    assert(idOf(first) !== undefined);
  });
}
