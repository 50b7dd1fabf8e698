import {
  CookieStore,
  type Session,
  SessionDirectory,
  type SessionOptions,
  type SessionStore,
} from "@nuages/web/sessions";
import { assertEquals, assertNotEquals } from "@std/assert";
import type { TestBrowser } from "../../../testing/test_browser.ts";
import { Gate, makeSite, type Page, setCookies, type Site } from "../_site.ts";
import { type Subject, testWith } from "./kit.ts";

/** What ends the sessions of an owner, wherever they are. */
interface Revoker {
  revokeAll(owner: string): Promise<unknown>;
  // deno-lint-ignore no-explicit-any -- whatever keys it has
  revokeOthers(owner: string, current: Session<any>): Promise<unknown>;
}

const revokerOf = (store: SessionOptions["store"]): Revoker =>
  store instanceof CookieStore ? store : new SessionDirectory(store as SessionStore);

const SIGN_IN: Readonly<Record<string, Page>> = {
  "/sign-in": (session, request) => session.setOwner(new URL(request.url).searchParams.get("as") ?? "ada"),
  "/owner": (session) => session.owner ?? null,
  "/cart": (session) => session.set("cart", ["book"]),
  "/out": (session) => session.flush(),
};

async function signIn(site: Site, owner = "ada"): Promise<TestBrowser> {
  const browser = site.browser();
  assertEquals((await browser.get(`/sign-in?as=${owner}`)).status, 200);
  return browser;
}

const owners = (...browsers: TestBrowser[]) => Promise.all(browsers.map((browser) => browser.json("/owner")));

/** Whose a session is, and how all of somebody's are ended. */
export function owningTests(subject: Subject): void {
  testWith(subject, "a session that has an owner is kept, even if it holds nothing else", async (makeSite) => {
    const browser = await signIn(makeSite(SIGN_IN));

    assertEquals([await browser.json("/owner"), await browser.json("/")], ["ada", {}]);
  });

  testWith(
    subject,
    "a session that gets an owner, or another one, gets a new id and keeps what it holds",
    async (makeSite) => {
      const browser = makeSite(SIGN_IN).browser();
      const ids: unknown[] = [];
      for (const path of ["/cart", "/sign-in", "/sign-in", "/sign-in?as=grace"]) {
        const before = browser.copy();
        await browser.get(path);
        ids.push(browser.cookie("sessionid")?.value);
        if (path === "/cart" || !subject.endsForGood) continue;
        assertEquals([path, await before.json("/owner")], [path, ids.at(-2) === ids.at(-1) ? "ada" : null]);
      }

      assertNotEquals(ids[0], ids[1]);
      assertEquals(ids[1], ids[2]);
      assertNotEquals(ids[2], ids[3]);
      assertEquals([await browser.json("/owner"), await browser.json("/")], ["grace", { cart: ["book"] }]);
    },
  );

  testWith(subject, "clear() keeps the owner, flush() doesn't, and setOwner(undefined) leaves it", async (makeSite) => {
    const pages: Record<string, Page> = {
      ...SIGN_IN,
      "/clear": (session) => session.clear(),
      "/leave": (session) => session.setOwner(undefined),
    };
    for (
      const [path, owner, data] of [["/clear", "ada", {}], ["/leave", null, { cart: ["book"] }], ["/out", null, {}]]
    ) {
      const browser = await signIn(makeSite(pages));
      await browser.get("/cart");
      await browser.get(path as string);
      assertEquals([path, await browser.json("/owner"), await browser.json("/")], [path, owner, data]);
    }
  });

  if (!subject.endsForGood) return;

  testWith(subject, "revokeAll() ends every session of an owner, and nobody else's", async (makeSite, store) => {
    const site = makeSite(SIGN_IN);
    const [laptop, phone, other] = [await signIn(site), await signIn(site), await signIn(site, "grace")];
    const copy = phone.copy();
    await revokerOf(store).revokeAll("ada");

    assertEquals(await owners(laptop, phone, copy, other), [null, null, null, "grace"]);
    assertEquals([laptop.cookies.all(), phone.cookies.all()], [[], []]);
    // Signing in again is not forbidden by it.
    const again = await signIn(site);
    assertEquals(await owners(again, copy), ["ada", null]);
    await revokerOf(store).revokeAll("ada");
    assertEquals(await owners(again, other), [null, "grace"]);
  });

  testWith(
    subject,
    "revokeOthers() spares the session it was called with, under its next ids too",
    async (makeSite, store) => {
      const site = makeSite({
        ...SIGN_IN,
        "/password": async (session) => {
          session.cycleKey();
          await revokerOf(store).revokeOthers("ada", session);
        },
        "/cycle": (session) => session.cycleKey(),
      });
      const [laptop, phone] = [await signIn(site), await signIn(site)];
      const before = laptop.copy();
      assertEquals((await laptop.get("/password")).status, 200);
      assertEquals(await owners(laptop, phone, before), ["ada", null, null]);

      await laptop.get("/cycle");
      assertEquals(await owners(laptop), ["ada"]);
      const tablet = await signIn(site);
      assertEquals((await tablet.get("/password")).status, 200);
      assertEquals(await owners(laptop, tablet), [null, "ada"]);
    },
  );

  testWith(
    subject,
    "a request that was under way while its session was revoked can't bring it back",
    async (makeSite, store) => {
      const gates = [new Gate(), new Gate(), new Gate()];
      const site = makeSite({
        ...SIGN_IN,
        "/slow-set": async (session) => (await gates[0]!.pass(), session.set("a", 1)),
        "/slow-cycle": async (session) => (await gates[1]!.pass(), session.cycleKey()),
        "/slow-read": async (session) => (await gates[2]!.pass(), session.owner),
      });
      const browser = await signIn(site);
      const slow = ["/slow-set", "/slow-cycle", "/slow-read"].map((path) => browser.copy().get(path));
      await Promise.all(gates.map((gate) => gate.reached));
      await revokerOf(store).revokeAll("ada");
      gates.forEach((gate) => gate.open());
      const answers = await Promise.all(slow);

      assertEquals(answers.map(({ status }) => status), [400, 400, 200]);
      assertEquals(answers.map(setCookies), [["-sessionid"], ["-sessionid"], []]);
      assertEquals(site.eventNames(), ["session.interrupted", "session.interrupted"]);
      for (const answer of answers) await answer.body?.cancel();
      assertEquals(await owners(browser), [null]);
    },
  );

  testWith(subject, "signing out, and revoking a session that has signed out, is no error", async (makeSite, store) => {
    const site = makeSite(SIGN_IN);
    const browser = await signIn(site);
    const copy = browser.copy();
    await browser.get("/out");
    await revokerOf(store).revokeAll("ada");
    await revokerOf(store).revokeAll("nobody");

    assertEquals([await owners(browser, copy), site.events], [[null, null], []]);
  });

  testWith(
    subject,
    "whoever revokes all of their own sessions in a view ends the one it runs in",
    async (makeSite, store) => {
      const site = makeSite({
        ...SIGN_IN,
        "/everywhere": async (session) => {
          session.flush();
          await revokerOf(store).revokeAll("ada");
        },
      });
      const [laptop, phone] = [await signIn(site), await signIn(site)];
      const response = await laptop.get("/everywhere");

      assertEquals([response.status, setCookies(response), site.events], [200, ["-sessionid"], []]);
      assertEquals(await owners(laptop, phone), [null, null]);
    },
  );

  testWith(
    subject,
    "sign-ins, changes and revocations at random: what was there before a revocation is gone after it",
    async (_, store) => {
      const site = makeSite({ store }, {
        ...SIGN_IN,
        "/cycle": (session) => session.cycleKey(),
        "/touch": (session) => session.owner === undefined ? undefined : session.update("n", (n = 0) => n + 1),
      });
      for (let round = 0; round < 12; round++) {
        const browsers = await Promise.all(Array.from({ length: 3 }, () => signIn(site)));
        const copies = browsers.map((browser) => browser.copy());
        const jars: TestBrowser[] = [];
        const busy = browsers.flatMap((browser) =>
          ["/touch", "/cycle", "/touch"].map(async (path) => {
            const tab = browser.copy();
            jars.push(tab);
            const { status } = await tab.get(path);
            assertEquals(status === 200 || status === 400, true, `${path}: ${status}`);
          })
        );
        const revoking = revokerOf(store).revokeAll("ada");
        await Promise.all([revoking, ...busy]);

        assertEquals([round, await owners(...browsers, ...copies, ...jars)], [round, Array(15).fill(null)]);
      }
    },
  );
}
