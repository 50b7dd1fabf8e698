import { assertEquals } from "@std/assert";
import { MemoryStore, type SessionStore } from "@nuages/web/sessions";
import { SessionMessages } from "@nuages/web/messages";
import { lines, makeSite, namesOf, type Page } from "./_site.ts";
import { testStorage } from "./_storage_contract.ts";

testStorage("SessionMessages", () => new SessionMessages(), 300_000);

Deno.test("SessionMessages has room for ten thousand messages", async () => {
  const texts = Array.from({ length: 10_000 }, (_, number) => `message ${number}`);
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/many": (_request, { messages }) => {
      for (const text of texts) messages.info(text);
      return new Response();
    },
  }).browser();
  await browser.get("/many");
  assertEquals(await browser.text("/show"), texts.join("\n"));
});

Deno.test("SessionMessages sets no cookie of its own and leaves the session's other keys alone", async () => {
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/cart": async (_request, context) => {
      (await context.session()).set("cart", ["Emma"]);
      context.messages.success("Emma is in your cart.");
      return new Response();
    },
    "/keys": async (_request, context) => Response.json((await context.session()).keys()),
  }).browser();
  const response = await browser.get("/cart");
  assertEquals(response.headers.getSetCookie().map((line) => line.split("=")[0]), ["sessionid"]);
  assertEquals(await browser.json("/keys"), ["cart", "_messages"]);
  assertEquals(await browser.text("/show"), "Emma is in your cart.");
  assertEquals(await browser.json("/keys"), ["cart"]);
});

Deno.test("SessionMessages doesn't ask the store where no message is read or added", async () => {
  const store = new MemoryStore();
  let reads = 0;
  const counting: SessionStore = {
    read: (key) => (reads++, store.read(key)),
    create: (key, record) => store.create(key, record),
    update: (key, record, version) => store.update(key, record, version),
    delete: (key) => store.delete(key),
    list: (owner) => store.list(owner),
    clearExpired: () => store.clearExpired(),
  };
  const browser = makeSite({ storage: new SessionMessages(), store: counting }, { "/plain": () => new Response() })
    .browser();
  await browser.get("/add?text=a");
  await browser.get("/plain");
  assertEquals(reads, 0);
  assertEquals(await browser.text("/show"), "a");
  assertEquals(reads, 1);
});

Deno.test("SessionMessages: what is added while another page shows messages is not lost, what was shown doesn't come back", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/slow": async (_request, { messages }) => {
      const text = lines(await messages.read());
      reached.resolve();
      await gate.promise;
      return new Response(text);
    },
  }).browser();
  await browser.get("/add?text=a&text=b");
  const slow = browser.text("/slow");
  await reached.promise;
  await browser.get("/add?text=c");
  gate.resolve();
  assertEquals(await slow, "a\nb");
  assertEquals(await browser.text("/show"), "c");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("SessionMessages: of many requests that add at the same time none is lost", async () => {
  const browser = makeSite({ storage: new SessionMessages() }).browser();
  await browser.get("/add?text=first");
  await Promise.all(Array.from({ length: 20 }, (_, number) => browser.get(`/add?text=${number}`)));
  const shown = (await browser.text("/show")).split("\n");
  assertEquals(shown[0], "first");
  assertEquals(shown.slice(1).map(Number).sort((a, b) => a - b), Array.from({ length: 20 }, (_, number) => number));
});

Deno.test("SessionMessages: of two equal messages, one added while the other is shown, that one stays", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/slow": async (_request, { messages }) => {
      const text = lines(await messages.read());
      reached.resolve();
      await gate.promise;
      return new Response(text);
    },
  }).browser();
  await browser.get("/add?text=Saved.");
  const slow = browser.text("/slow");
  await reached.promise;
  await browser.get("/add?text=Saved.");
  gate.resolve();
  assertEquals(await slow, "Saved.");
  assertEquals(await browser.text("/show"), "Saved.");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("SessionMessages: two pages made at the very same moment may both show a message; after them it is gone", async () => {
  const browser = makeSite({ storage: new SessionMessages() }).browser();
  await browser.get("/add?text=a");
  await Promise.all([browser.text("/show"), browser.text("/show")]);
  assertEquals(await browser.text("/show"), "");
});

Deno.test("SessionMessages: signing out ends the messages of who signed out, but not what is said about it", async () => {
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/logout": async (_request, context) => {
      (await context.session()).flush();
      context.messages.success("You signed out.");
      return new Response();
    },
  }).browser();
  await browser.get("/add?text=private");
  await browser.get("/logout");
  assertEquals(await browser.text("/show"), "You signed out.");
});

Deno.test("SessionMessages goes along when the session gets a new id", async () => {
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/login": async (_request, context) => {
      context.messages.success("Welcome.");
      (await context.session()).cycleKey();
      return new Response();
    },
  }).browser();
  await browser.get("/add?text=a");
  await browser.get("/login");
  assertEquals(await browser.text("/show"), "a\nWelcome.");
});

Deno.test("SessionMessages removes what it can't read", async () => {
  const unreadable: unknown[] = ["no JSON", '"a text"', "{}", "7", ["a list"], { an: "object" }, 7, true];
  for (const value of unreadable) {
    const browser = makeSite({ storage: new SessionMessages() }, {
      "/break": async (_request, context) => {
        (await context.session()).assign({ "_messages": value, other: 1 });
        return new Response();
      },
      "/keys": async (_request, context) => Response.json((await context.session()).keys()),
    }).browser();
    await browser.get("/break");
    assertEquals(await browser.text("/show"), "");
    assertEquals(await browser.json("/keys"), ["other"]);
  }
});

Deno.test("SessionMessages replaces what it can't read by what is added", async () => {
  const browser = makeSite({ storage: new SessionMessages() }, {
    "/break": async (_request, context) => {
      (await context.session()).set("_messages", "no JSON");
      return new Response();
    },
  }).browser();
  await browser.get("/break");
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("SessionMessages: a store that is down is a 503 for who adds or reads, and nothing for who does neither", async () => {
  const site = makeSite({ storage: new SessionMessages(), store: brokenStore() }, {
    "/plain": () => new Response("ok"),
  });
  const headers = { Cookie: `sessionid=${"a".repeat(43)}` };
  assertEquals((await site.app(new Request("http://localhost/add?text=a", { headers }))).status, 503);
  assertEquals((await site.app(new Request("http://localhost/show", { headers }))).status, 503);
  assertEquals((await site.app(new Request("http://localhost/plain", { headers }))).status, 200);
});

Deno.test("SessionMessages: a view that makes do without messages when the store is down is let alone", async () => {
  const careful: Page = async (_request, { messages }) => {
    return new Response(await messages.read().then(lines, () => "no messages today"));
  };
  const site = makeSite({ storage: new SessionMessages(), store: brokenStore() }, { "/careful": careful });
  const headers = { Cookie: `sessionid=${"a".repeat(43)}` };
  const response = await site.app(new Request("http://localhost/careful", { headers }));
  assertEquals([response.status, await response.text()], [200, "no messages today"]);
  assertEquals(namesOf(site.events).includes("messages.dropped"), false);
});

function brokenStore(): SessionStore {
  const down = () => Promise.reject(new Error("connection refused"));
  return { read: down, create: down, update: down, delete: down, list: down, clearExpired: down };
}
