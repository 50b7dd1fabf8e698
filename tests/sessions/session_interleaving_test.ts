/** Requests of one visitor in random interleavings: whatever the order, nothing that was answered with success is lost. */

import { MemoryStore, type Session } from "@nuages/web/sessions";
import { assertEquals, assertGreater } from "@std/assert";
import { CountingStore } from "./_counting_store.ts";
import { makeSite } from "./_site.ts";
import { seeded, stumble } from "./_stumbling.ts";

/** A site whose store takes its time, and whose page does what `act` says. */
function slowSite(random: (below: number) => number, act: (session: Session<never>, id: number) => unknown) {
  const store = new CountingStore(new MemoryStore());
  store.before = () => stumble(random);
  return makeSite({ store }, {
    "/begin": (session) => session.assign({ n: 0, list: [] }),
    "/act": async (session, request) => {
      const id = Number(new URL(request.url).searchParams.get("id"));
      await stumble(random);
      return await act(session as Session<never>, id);
    },
  });
}

Deno.test("hundreds of interleavings of six requests: every counter is exact, every key survives", async () => {
  for (let round = 0; round < 250; round++) {
    const random = seeded(round);
    const site = slowSite(random, async (session: Session<Record<string, unknown>>, id) => {
      session.update("n", (n) => (n as number) + 1);
      await stumble(random);
      session.set(`mine-${id}`, id);
      session.update("list", (list) => [...list as number[], id]);
      if (id % 2 === 0) session.update("n", (n) => (n as number) + 10);
    });
    const browser = site.browser();
    await browser.get("/begin");
    const answers = await Promise.all(Array.from({ length: 6 }, (_, id) => browser.get(`/act?id=${id}`)));
    const { n, list, ...mine } = await browser.json("/");

    assertEquals([round, answers.map(({ status }) => status)], [round, Array(6).fill(200)]);
    assertEquals([round, n, list.toSorted(), Object.values(mine).toSorted()], [round, 36, [0, 1, 2, 3, 4, 5], [
      0,
      1,
      2,
      3,
      4,
      5,
    ]]);
  }
});

Deno.test("hundreds of interleavings with a sign-out among them: nothing comes back, and nothing lost is called a success", async () => {
  for (let round = 0; round < 250; round++) {
    const random = seeded(round);
    const site = slowSite(random, (session: Session<Record<string, unknown>>, id) => {
      if (id === 0) session.flush();
      else if (id === 1) session.get("n");
      // Who arrives after the sign-out has nothing to count on from.
      else if (session.has("n")) session.update("n", (n) => (n as number) + 1);
      return session.has("n");
    });
    const browser = site.browser();
    await browser.get("/begin");
    const copy = browser.copy();
    const answers = await Promise.all(Array.from({ length: 5 }, (_, id) => browser.get(`/act?id=${id}`)));
    const refused = answers.filter(({ status }) => status === 400).length;

    assertEquals([round, answers[0]!.status, answers[1]!.status], [round, 200, 200]);
    assertEquals([round, answers.filter(({ status }) => status !== 200 && status !== 400)], [round, []]);
    assertEquals([round, site.eventNames().length], [round, refused]);
    assertEquals([round, await copy.json("/"), await browser.json("/"), browser.cookies.all()], [round, {}, {}, []]);
  }
});

Deno.test("hundreds of interleavings with a new id among them: all that was answered with success is under the new one", async () => {
  for (let round = 0; round < 250; round++) {
    const random = seeded(round);
    const site = slowSite(random, (session: Session<Record<string, unknown>>, id) => {
      if (id === 0) session.cycleKey();
      session.update("n", (n) => (n as number ?? 0) + 1);
    });
    const browser = site.browser();
    await browser.get("/begin");
    const old = browser.copy();
    const answers = await Promise.all(Array.from({ length: 5 }, (_, id) => browser.get(`/act?id=${id}`)));
    const done = answers.filter(({ status }) => status === 200).length;

    // The request with the new id may come too late only if it was another one's turn to get one, and here it is alone.
    assertEquals([round, answers[0]!.status], [round, 200]);
    assertEquals([round, answers.filter(({ status }) => status !== 200 && status !== 400)], [round, []]);
    assertEquals([round, await browser.json("/")], [round, { n: done, list: [] }]);
    assertEquals([round, await old.json("/")], [round, {}]);
  }
});

Deno.test("hundreds of interleavings with a new id and a sign-out: a sign-out that found the session ends it wherever it is", async () => {
  let crossed = 0;
  for (let round = 0; round < 600; round++) {
    const random = seeded(round);
    let found = false;
    const jar: { name: string; value: string }[] = [];
    const site = slowSite(random, (session: Session<Record<string, unknown>>, id) => {
      if (id === 0) session.cycleKey();
      if (id !== 1) return session.update("n", (n) => (n as number ?? 0) + 1);
      found = session.has("n");
      session.flush();
    });
    const browser = site.browser();
    await browser.get("/begin");
    const answers = await Promise.all(Array.from({ length: 4 }, async (_, id) => {
      const response = await browser.get(`/act?id=${id}`);
      jar.push(...browser.cookies.all().map(({ name, value }) => ({ name, value })));
      return response.status;
    }));
    if (answers[0] === 200 && found) crossed++;

    assertEquals([round, answers[1], answers.every((status) => status === 200 || status === 400)], [round, 200, true]);
    if (!found) continue;
    for (const { name, value } of jar) {
      const headers = { Cookie: `${name}=${value}` };
      assertEquals([round, "list" in await site.browser().json("/", { headers })], [round, false]);
    }
  }
  // Otherwise nothing was tried.
  assertGreater(crossed, 10);
});

Deno.test("two first requests at the same time begin two sessions, of which the browser keeps one", async () => {
  const store = new CountingStore(new MemoryStore());
  const browser = makeSite({ store }, {
    "/act": (session, request) => session.set(new URL(request.url).search, true),
  }).browser();
  await Promise.all([browser.get("/act?a"), browser.get("/act?b")]);

  assertEquals(store.take(), ["create", "create"]);
  assertEquals(Object.keys(await browser.json("/")).length, 1);
});
