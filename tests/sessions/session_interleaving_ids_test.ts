/** Ids that rotate and sessions that are revoked, in random interleavings with all else that one visitor may do at the same time. */

import { CookieStore, MemoryStore, type Session, SessionDirectory } from "@nuages/web/sessions";
import { assertEquals, assertGreater } from "@std/assert";
import type { TestBrowser } from "../../testing/test_browser.ts";
import { CountingStore } from "./_counting_store.ts";
import { makeSite } from "./_site.ts";
import { seeded, stumble } from "./_stumbling.ts";

type Random = (below: number) => number;

/** A site whose store takes its time, in which every id is due at once, and whose page does what `act` says. */
function slowSite(random: Random, act: (session: Session<never>, id: number, directory: SessionDirectory) => unknown) {
  const store = new CountingStore(new MemoryStore());
  store.before = () => stumble(random);
  const directory = new SessionDirectory(store);
  // Less than a millisecond: the id is due from the next one on.
  return makeSite({ store, rotateSeconds: 0.0005 }, {
    "/begin": (session) => (session.setOwner("ada"), session.set("n", 0)),
    "/look": (session) => [session.owner ?? null, session.get("n") ?? null],
    "/act": async (session, request) => {
      const id = Number(new URL(request.url).searchParams.get("id"));
      await stumble(random);
      return await act(session as Session<never>, id, directory);
    },
  });
}

/** Several tabs of one browser, each of which keeps what it was answered. */
async function act(browser: TestBrowser, count: number): Promise<{ statuses: number[]; tabs: TestBrowser[] }> {
  const tabs = Array.from({ length: count }, () => browser.copy());
  const statuses = await Promise.all(tabs.map(async (tab, id) => {
    const response = await tab.get(`/act?id=${id}`);
    await response.body?.cancel();
    return response.status;
  }));
  return { statuses, tabs };
}

const add = (session: Session<Record<string, unknown>>) => session.update("n", (n) => (n as number ?? 0) + 1);

Deno.test("hundreds of interleavings while the id rotates: every counter is exact, and every tab is on the same session", async () => {
  let rotated = 0;
  for (let round = 0; round < 250; round++) {
    const random = seeded(round);
    const site = slowSite(random, (session: Session<Record<string, unknown>>, id) => id === 0 || add(session));
    const browser = site.browser();
    await browser.get("/begin");
    await new Promise((resolve) => setTimeout(resolve, 2));
    const before = browser.cookie("sessionid")?.value;
    const { statuses, tabs } = await act(browser, 5);
    rotated += tabs.filter((tab) => tab.cookie("sessionid")?.value !== before).length;

    assertEquals([round, statuses, site.events], [round, Array(5).fill(200), []]);
    for (const tab of tabs) assertEquals([round, await tab.json("/look")], [round, ["ada", 4]]);
  }
  // Otherwise nothing was tried.
  assertGreater(rotated, 500);
});

Deno.test("hundreds of interleavings of a rotating id with a sign-out: nothing is left under any id", async () => {
  for (let round = 0; round < 300; round++) {
    const random = seeded(round);
    const site = slowSite(random, (session: Session<Record<string, unknown>>, id) => {
      if (id === 0) return session.flush();
      if (id > 1 && session.owner === "ada") add(session);
    });
    const browser = site.browser();
    await browser.get("/begin");
    await new Promise((resolve) => setTimeout(resolve, 2));
    const copy = browser.copy();
    const { statuses, tabs } = await act(browser, 5);

    assertEquals([round, statuses[0], statuses[1]], [round, 200, 200]);
    assertEquals([round, statuses.every((status) => status === 200 || status === 400)], [round, true]);
    for (const tab of [...tabs, copy, browser]) assertEquals([round, await tab.json("/look")], [round, [null, null]]);
  }
});

Deno.test("hundreds of interleavings of a rotating id with a new one: only the new one is left, with all that was answered with success", async () => {
  for (let round = 0; round < 300; round++) {
    const random = seeded(round);
    const site = slowSite(random, (session: Session<Record<string, unknown>>, id) => {
      if (id === 0) session.cycleKey();
      add(session);
    });
    const browser = site.browser();
    await browser.get("/begin");
    await new Promise((resolve) => setTimeout(resolve, 2));
    const copy = browser.copy();
    const { statuses, tabs } = await act(browser, 4);
    const done = statuses.filter((status) => status === 200).length;

    assertEquals([round, statuses[0]], [round, 200]);
    assertEquals([round, statuses.every((status) => status === 200 || status === 400)], [round, true]);
    assertEquals([round, await tabs[0]!.json("/look")], [round, ["ada", done]]);
    assertEquals([round, await copy.json("/look")], [round, [null, null]]);
  }
});

Deno.test("hundreds of interleavings with a revocation: whatever ids were given meanwhile, all are ended", async () => {
  for (let round = 0; round < 400; round++) {
    const random = seeded(round);
    const site = slowSite(random, async (session: Session<Record<string, unknown>>, id, directory) => {
      if (id === 0) return await directory.revokeAll("ada");
      if (id === 1) session.cycleKey();
      else if (id === 2) session.get("n");
      else if (session.owner === "ada") add(session);
    });
    const browser = site.browser();
    await browser.get("/begin");
    await new Promise((resolve) => setTimeout(resolve, 2));
    const copy = browser.copy();
    const { statuses, tabs } = await act(browser, 5);

    assertEquals([round, statuses[0], statuses[2]], [round, 200, 200]);
    assertEquals([round, statuses.every((status) => status === 200 || status === 400)], [round, true]);
    for (const tab of [...tabs, copy, browser]) assertEquals([round, await tab.json("/look")], [round, [null, null]]);
  }
});

Deno.test("hundreds of interleavings in a cookie with a revocation, a sign-out and a new name: all are ended", async () => {
  for (let round = 0; round < 400; round++) {
    const random = seeded(round);
    const revocations = new CountingStore(new MemoryStore());
    revocations.before = () => stumble(random);
    const store = new CookieStore({ revocations });
    let found = true;
    const site = makeSite({ store }, {
      "/begin": (session) => session.setOwner("ada"),
      "/look": (session) => session.owner ?? null,
      "/act": async (session, request) => {
        const id = Number(new URL(request.url).searchParams.get("id"));
        await stumble(random);
        if (id === 0 && round % 2 === 0) return await store.revokeAll("ada");
        if (id === 0) {
          // Who comes after the new name was given has no session to sign out of.
          found = session.owner === "ada";
          return session.flush();
        }
        if (id === 1) session.cycleKey();
        else if (id === 3 && session.owner === "ada") session.set("n", 1);
      },
    });
    const browser = site.browser();
    await browser.get("/begin");
    const copy = browser.copy();
    const { statuses, tabs } = await act(browser, 4);

    assertEquals([round, statuses[0], statuses[2]], [round, 200, 200]);
    assertEquals([round, statuses.every((status) => status === 200 || status === 400)], [round, true]);
    if (!found) continue;
    for (const tab of [...tabs, copy, browser]) assertEquals([round, await tab.json("/look")], [round, null]);
  }
});
