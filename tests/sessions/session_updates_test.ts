/** session.update(): when its function runs, on what, and what is stored. */

import { MemoryStore } from "@nuages/web/sessions";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CountingStore } from "./_counting_store.ts";
import { Gate, makeSite, type Page } from "./_site.ts";

/** Runs a page up to its end while another request of the visitor does something, and gives what is stored then. */
async function interrupted(slow: Page, fast: Page, begin: Page = (session) => session.set("n", 1)) {
  const gate = new Gate();
  const site = makeSite({}, {
    "/begin": begin,
    "/slow": async (...args) => {
      const answer = await slow(...args);
      await gate.pass();
      return answer;
    },
    "/fast": fast,
  });
  const browser = site.browser();
  await browser.get("/begin");
  const response = browser.get("/slow");
  await gate.reached;
  await browser.get("/fast");
  gate.open();
  const { status } = await response;
  return { status, stored: await browser.json("/"), events: site.eventNames() };
}

Deno.test("update() runs its function once when nobody else writes, so that what the view saw is what is stored", async () => {
  let runs = 0;
  const browser = makeSite({}, {
    "/new": (session) => session.update("token", () => (runs++, crypto.randomUUID())),
  }).browser();

  const first = await browser.json("/new"); // creates the session
  assertEquals([await browser.json("/"), runs], [{ token: first }, 1]);
  const second = await browser.json("/new"); // changes it
  assertEquals([await browser.json("/"), runs], [{ token: second }, 2]);
});

Deno.test("update() runs its function again on what somebody else has stored in between", async () => {
  const seen: unknown[] = [];
  const { status, stored } = await interrupted(
    (session) =>
      session.update("n", (n) => {
        seen.push(n);
        return n + 10;
      }),
    (session) => session.set("n", 5),
  );

  assertEquals([status, seen, stored], [200, [1, 5], { n: 15 }]);
});

Deno.test("update() several times on one key is done again in the same order", async () => {
  const { stored } = await interrupted(
    (session) => {
      session.update("list", (list: string[] = []) => [...list, "a"]);
      session.update("list", (list: string[]) => [...list, "b"]);
    },
    (session) => session.set("list", ["first"]),
  );

  assertEquals(stored, { n: 1, list: ["first", "a", "b"] });
});

Deno.test("update() may change its argument in place, and starts from what is stored when done again", async () => {
  const { stored } = await interrupted(
    (session) =>
      session.update("cart", (cart: string[]) => {
        cart.push("slow");
        return cart;
      }),
    (session) => session.update("cart", (cart: string[]) => [...cart, "fast"]),
    (session) => session.set("cart", ["begin"]),
  );

  assertEquals(stored, { cart: ["begin", "fast", "slow"] });
});

Deno.test("update() after set() counts from what was set, whatever others store", async () => {
  const { stored } = await interrupted(
    (session) => {
      session.set("n", 100);
      session.update("n", (n) => n + 1);
    },
    (session) => session.set("n", 5),
  );

  assertEquals(stored, { n: 101 });
});

Deno.test("update() after a change in place counts from the changed value", async () => {
  const { stored } = await interrupted(
    (session) => {
      session.get("cart").push("in place");
      session.update("cart", (cart: string[]) => [...cart, "updated"]);
    },
    (session) => session.set("other", true),
    (session) => session.set("cart", []),
  );

  assertEquals(stored, { cart: ["in place", "updated"], other: true });
});

Deno.test("update() after clear() starts from nothing, whatever others store", async () => {
  const { stored } = await interrupted(
    (session) => {
      session.clear();
      session.update("n", (n = 0) => n + 1);
    },
    (session) => session.set("n", 5),
  );

  assertEquals(stored, { n: 1 });
});

Deno.test("clear() removes what somebody else has stored in between, but for what is set afterwards", async () => {
  const { stored } = await interrupted(
    (session) => {
      session.set("before", 1);
      session.clear();
      session.set("after", 2);
    },
    (session) => session.assign({ n: 5, other: 6 }),
  );

  assertEquals(stored, { after: 2 });
});

Deno.test("update() that answers undefined deletes the key, also when done again", async () => {
  const { stored } = await interrupted(
    (session) => session.update("n", () => undefined),
    (session) => session.assign({ n: 5, other: 1 }),
  );

  assertEquals(stored, { other: 1 });
});

Deno.test("update() isn't disturbed by a change of the object that the key held before", async () => {
  const browser = makeSite({}, {
    "/begin": (session) => session.set("cart", ["book"]),
    "/change": (session) => {
      const before = session.get("cart");
      session.update("cart", (cart: string[]) => [...cart, "pen"]);
      before.push("ghost");
    },
  }).browser();
  await browser.get("/begin");
  await browser.get("/change");

  assertEquals(await browser.json("/"), { cart: ["book", "pen"] });
});

Deno.test("update() whose function throws when done again stores nothing, and the visitor is told", async () => {
  const { status, stored, events } = await interrupted(
    (session) =>
      session.update("n", (n) => {
        if (n === 5) throw new Error("five is too much");
        return n + 1;
      }),
    (session) => session.set("n", 5),
  );

  assertEquals([status, stored, events], [500, { n: 5 }, ["exception"]]);
});

Deno.test("update() whose function throws leaves the value as it was", async () => {
  const browser = makeSite({}, {
    "/begin": (session) => session.set("cart", ["book"]),
    "/change": (session) => {
      try {
        session.update("cart", (cart: string[]) => {
          cart.push("half");
          throw new Error("no more");
        });
      } catch {
        return session.get("cart");
      }
    },
  }).browser();
  await browser.get("/begin");

  assertEquals([await browser.json("/change"), await browser.json("/")], [["book"], { cart: ["book"] }]);
});

Deno.test("update() with an async function says what to do instead", async () => {
  const site = makeSite({}, { "/": (session) => session.update("n", () => Promise.resolve(1)) });
  const response = await site.browser().get("/");

  assertEquals(response.status, 500);
  assertStringIncludes(
    String(site.events[0]?.error),
    'Cannot keep "n" in the session as it is a Promise: await it first',
  );
});

Deno.test("setDefault() leaves what somebody else has stored in between", async () => {
  const { stored } = await interrupted(
    (session) => session.setDefault("cart", []),
    (session) => session.setDefault("cart", []).push("book"),
  );

  assertEquals(stored, { n: 1, cart: ["book"] });
});

Deno.test("a change inside a value counts as set: it wins over what was stored in between", async () => {
  const { stored } = await interrupted(
    (session) => session.get("cart").push("slow"),
    (session) => session.set("cart", ["fast"]),
    (session) => session.set("cart", ["begin"]),
  );

  assertEquals(stored, { cart: ["begin", "slow"] });
});

Deno.test("a change inside what update() gave counts as set too", async () => {
  const { stored } = await interrupted(
    (session) => session.update("cart", (cart: string[]) => [...cart, "slow"]).push("in place"),
    (session) => session.set("cart", ["fast"]),
    (session) => session.set("cart", ["begin"]),
  );

  assertEquals(stored, { cart: ["begin", "slow", "in place"] });
});

Deno.test("a key that was only read keeps what somebody else has stored in between", async () => {
  const { stored } = await interrupted(
    (session) => {
      session.get("cart");
      session.set("n", 2);
    },
    (session) => session.set("cart", ["fast"]),
    (session) => session.set("cart", ["begin"]),
  );

  assertEquals(stored, { cart: ["fast"], n: 2 });
});

Deno.test("delete() of a key that somebody else has set in between deletes it", async () => {
  const { stored } = await interrupted((session) => session.delete("n"), (session) => session.set("n", 2));

  assertEquals(stored, {});
});

Deno.test("fifty parallel update()s take about one write and one retry each, not a war", async () => {
  const store = new CountingStore(new MemoryStore());
  const browser = makeSite({ store }, {
    "/add": (session) => session.update("n", (n = 0) => n + 1),
  }).browser();
  await browser.get("/add");
  store.take();
  await Promise.all(Array.from({ length: 50 }, () => browser.text("/add")));
  const writes = store.take().filter((verb) => verb === "update").length;

  assertEquals(await browser.json("/"), { n: 51 });
  assert(writes < 400, `${writes} attempts for 50 writes`);
});
