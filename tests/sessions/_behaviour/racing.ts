import { assertEquals } from "@std/assert";
import { Gate, setCookies } from "../_site.ts";
import { type Subject, testWith } from "./kit.ts";

/** Several requests of one visitor at the same time. */
export function racingTests(subject: Subject): void {
  testWith(subject, "parallel requests that change different keys", async (makeSite) => {
    const gate = new Gate();
    const browser = makeSite({
      "/begin": (session) => session.set("begun", true),
      "/slow": async (session) => {
        await gate.pass();
        session.set("slow", 1);
      },
      "/fast": (session) => session.set("fast", 2),
    }).browser();
    await browser.get("/begin");
    const slow = browser.get("/slow");
    await gate.reached;
    await browser.get("/fast");
    gate.open();
    assertEquals((await slow).status, 200);

    // In a cookie the response that arrives last wins with its whole session. The documentation of CookieStore says so.
    assertEquals(await browser.json("/"), { begun: true, ...(subject.onServer ? { fast: 2 } : {}), slow: 1 });
  });

  testWith(subject, "fifty parallel requests that add one to a counter with update()", async (makeSite) => {
    const site = makeSite({
      "/begin": (session) => session.set("n", 0),
      "/add": (session) => session.update("n", (n = 0) => n + 1),
    });
    const browser = site.browser();
    await browser.get("/begin");
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.get("/add")));
    const codes = await Promise.all(answers.map(async (answer) => (await answer.text(), answer.status)));

    assertEquals(codes, Array(50).fill(200));
    // In a cookie every one of them starts from the same session.
    assertEquals(await browser.json("/"), { n: subject.onServer ? 50 : 1 });
    assertEquals(site.events, []);
  });

  testWith(subject, "of two that set the same key the later commit wins, and never a mixture", async (makeSite) => {
    const gate = new Gate();
    const browser = makeSite({
      "/begin": (session) => session.set("address", { street: "old", city: "old" }),
      "/slow": async (session) => {
        session.set("address", { street: "slow", city: "slow" });
        await gate.pass();
      },
      "/fast": (session) => session.set("address", { street: "fast", city: "fast" }),
    }).browser();
    await browser.get("/begin");
    const slow = browser.get("/slow");
    await gate.reached;
    await browser.get("/fast");
    gate.open();
    await slow;

    assertEquals(await browser.json("/"), { address: { street: "slow", city: "slow" } });
  });

  testWith(subject, "signing out in one tab while a slow request in another changes something", async (makeSite) => {
    const gate = new Gate();
    const site = makeSite({
      "/begin": (session) => session.set("user", "Ada"),
      "/slow": async (session) => {
        await gate.pass();
        session.set("cart", ["book"]);
      },
      "/out": (session) => session.flush(),
    });
    const browser = site.browser();
    await browser.get("/begin");
    const before = browser.copy();
    const slow = browser.get("/slow");
    await gate.reached;
    await browser.get("/out");
    gate.open();
    const response = await slow;
    const page = await response.text();

    if (subject.endsForGood) {
      // What is gone may have another id by now, where others give them, too.
      assertEquals([response.status, setCookies(response)], [400, subject.isShared ? [] : ["-sessionid"]]);
      assertEquals(page.includes("Your session was ended before this request was completed"), true);
      assertEquals(site.eventNames(), ["session.interrupted"]);
      assertEquals([await browser.json("/"), browser.cookies.all()], [{}, []]);
      assertEquals(await before.json("/"), {});
    } else {
      // Nobody is there who could know that the visitor has signed out. The documentation of CookieStore says so.
      assertEquals([response.status, await browser.json("/")], [200, { user: "Ada", cart: ["book"] }]);
    }
  });

  testWith(subject, "signing out in one tab while a slow request in another only reads", async (makeSite) => {
    const gate = new Gate();
    const site = makeSite({
      "/begin": (session) => session.set("user", "Ada"),
      "/slow": async (session) => {
        await gate.pass();
        return session.get("user");
      },
      "/out": (session) => session.flush(),
    });
    const browser = site.browser();
    await browser.get("/begin");
    const slow = browser.get("/slow");
    await gate.reached;
    await browser.get("/out");
    gate.open();
    const response = await slow;

    assertEquals([response.status, await response.json(), setCookies(response)], [200, "Ada", []]);
    assertEquals([browser.cookies.all(), await browser.json("/")], [[], {}]);
    assertEquals(site.events, []);
  });

  testWith(subject, "a new id in one tab while a slow request in another changes something", async (makeSite) => {
    const gate = new Gate();
    const site = makeSite({
      "/begin": (session) => session.set("cart", ["book"]),
      "/slow": async (session) => {
        await gate.pass();
        session.set("planted", true);
      },
      "/sign-in": (session) => {
        session.cycleKey();
        session.set("user", "Ada");
      },
    });
    const browser = site.browser();
    await browser.get("/begin");
    const old = browser.copy();
    // The slow request stands for anybody who has the old id: it must not get at the session under its new one.
    const slow = old.get("/slow");
    await gate.reached;
    await browser.get("/sign-in");
    gate.open();
    const response = await slow;
    await response.body?.cancel();

    if (subject.endsForGood) {
      assertEquals([response.status, setCookies(response)], [400, []]);
      assertEquals(await old.json("/"), {});
    }
    assertEquals(await browser.json("/"), { cart: ["book"], user: "Ada" });
  });

  testWith(
    subject,
    "signing out with an id that was good a moment ago ends the session that has got a new one",
    async (makeSite) => {
      const site = makeSite({
        "/in": (session) => session.set("user", "Ada"),
        "/cycle": (session) => session.cycleKey(),
        "/out": (session) => session.flush(),
      });
      const browser = site.browser();
      await browser.get("/in");
      // It was on its way when the new id came.
      const late = browser.copy();
      await browser.get("/cycle");
      assertEquals(await browser.copy().json("/"), { user: "Ada" });
      assertEquals((await late.get("/out")).status, 200);

      assertEquals([await browser.json("/"), await late.json("/")], [subject.endsForGood ? {} : { user: "Ada" }, {}]);
    },
  );

  testWith(subject, "a new id while another request has just written: both count", async (makeSite) => {
    const gate = new Gate();
    const browser = makeSite({
      "/begin": (session) => session.set("n", 1),
      "/sign-in": async (session) => {
        session.cycleKey();
        session.set("user", "Ada");
        await gate.pass();
      },
      "/add": (session) => session.update("n", (n = 0) => n + 1),
    }).browser();
    await browser.get("/begin");
    const old = browser.copy();
    const signIn = browser.get("/sign-in");
    await gate.reached;
    await browser.get("/add");
    gate.open();
    await signIn;

    assertEquals(await browser.json("/"), { n: subject.onServer ? 2 : 1, user: "Ada" });
    assertEquals(await old.json("/"), subject.endsForGood ? {} : { n: 1 });
  });

  testWith(subject, "two tabs that sign in at the same time: one has the session, nobody has two", async (makeSite) => {
    const gate = new Gate();
    const site = makeSite({
      "/begin": (session) => session.set("cart", ["book"]),
      "/sign-in": async (session) => {
        session.cycleKey();
        session.set("user", "Ada");
        await gate.pass();
      },
    });
    const browser = site.browser();
    await browser.get("/begin");
    const tabs = [browser.copy(), browser.copy()];
    const answers = tabs.map((tab) => tab.get("/sign-in"));
    await gate.reached;
    gate.open();
    const codes = (await Promise.all(answers)).map(({ status }) => status).sort();
    const sessions = await Promise.all(tabs.map((tab) => tab.json("/")));
    const signedIn = sessions.filter(({ user }) => user === "Ada");

    assertEquals([codes, signedIn.length], subject.endsForGood ? [[200, 400], 1] : [[200, 200], 2]);
  });

  testWith(subject, "clear() in one tab while another adds: no mixture, and the session goes on", async (makeSite) => {
    const gate = new Gate();
    const browser = makeSite({
      "/begin": (session) => session.assign({ a: 1, b: 2 }),
      "/clear": (session) => session.clear(),
      "/slow": async (session) => {
        await gate.pass();
        session.set("c", 3);
      },
    }).browser();
    await browser.get("/begin");
    const slow = browser.get("/slow");
    await gate.reached;
    await browser.get("/clear");
    gate.open();

    assertEquals((await slow).status, 200);
    assertEquals(await browser.json("/"), subject.onServer ? { c: 3 } : { a: 1, b: 2, c: 3 });
  });
}
