/** How often a password may be tried, by whom, and what becomes of weak ones. */

import { authentication, MemoryUsers, Passwords } from "@nuages/web/auth";
import { type AppEvent, MemoryRateLimits, pipeline, type RateLimitStore } from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type Site, site } from "./_site.ts";

function attempt({ app }: Site, name: string, password: string, address = "203.0.113.1"): Promise<Response> {
  const body = new URLSearchParams({ name, password });
  const request = new Request("https://shop.example/accounts/login/", {
    method: "POST",
    body,
    headers: { "Sec-Fetch-Site": "same-origin" },
  });
  return Promise.resolve(app(request, {
    remoteAddr: { transport: "tcp", hostname: address, port: 50_000 },
    completed: Promise.resolve(),
  }));
}

Deno.test("authenticate() refuses the eleventh attempt at a name from one address, the right password too, for five minutes", async () => {
  using time = new FakeTime();
  const shop = site();
  for (let i = 0; i < 10; i++) assertEquals((await attempt(shop, "ada", "wrong")).status, 422);
  const refused = await attempt(shop, " Ada", "difference");
  assertEquals([refused.status, refused.headers.get("Retry-After")], [429, "300"]);
  assertEquals((await attempt(shop, "bob", "boole's")).status, 303);
  await time.tickAsync(301_000);
  assertEquals((await attempt(shop, "ada", "difference")).status, 303);
  assertEquals(shop.events.filter(({ name }) => name === "auth.limited").length, 1);
});

Deno.test("authenticate() lets somebody in whose name a stranger elsewhere has tried too often", async () => {
  const shop = site({ limits: { perName: 3, alarm: 8 } });
  for (let i = 0; i < 9; i++) await attempt(shop, "ada", "wrong", `198.51.100.${i % 3}`);
  assertEquals((await attempt(shop, "ada", "wrong", "198.51.100.1")).status, 429);
  assertEquals((await attempt(shop, "ada", "difference")).status, 303);
  assertEquals(shop.events.filter(({ name }) => name === "auth.attacked").length, 1, "but it doesn't go unheard");
});

Deno.test("authenticate() counts all names from one address together, and an IPv6 network as one", async () => {
  const shop = site({ limits: { perAddress: 5 } });
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await attempt(shop, `name${i}`, "x", `2001:db8::${i + 1}`)).status);
  assertEquals(statuses, [422, 422, 422, 422, 422, 429]);
  assertEquals((await attempt(shop, "ada", "difference", "2001:db8:0:1::1")).status, 303);
});

Deno.test("authenticate() refuses a name that nobody has as it refuses others", async () => {
  const shop = site({ limits: { perName: 1 } });
  const answers: [number, string][] = [];
  for (const name of ["ada", "nobody"]) {
    await attempt(shop, name, "wrong");
    const refused = await attempt(shop, name, "wrong");
    answers.push([refused.status, (await refused.text()).replace(/\d+ seconds/, "")]);
  }
  assertEquals(answers[0], answers[1]);
});

Deno.test("authentication({ limits: false }) counts nothing", async () => {
  const shop = site({ limits: false });
  for (let i = 0; i < 20; i++) await attempt(shop, "ada", "wrong");
  assertEquals((await attempt(shop, "ada", "difference")).status, 303);
});

Deno.test("authentication({ limits }) says what happens if the store of the counts fails", async () => {
  const store: RateLimitStore = { hit: () => Promise.reject(new Error("down")) };
  const [refusing, allowing] = [site({ limits: { store } }), site({ limits: { store, whenStoreFails: "allow" } })];
  assertEquals((await attempt(refusing, "ada", "difference")).status, 503);
  assertEquals((await attempt(allowing, "ada", "difference")).status, 303);
  assertEquals(allowing.events.some(({ name }) => name === "rate.unavailable"), true);
});

Deno.test("authentication({ limits }) shares counts between processes by their store, whatever long names are tried", async () => {
  const keys: string[] = [];
  const memory = new MemoryRateLimits();
  const store: RateLimitStore = { hit: (key, seconds) => (keys.push(key), memory.hit(key, seconds)) };
  const [one, other] = [site({ limits: { store, perName: 2 } }), site({ limits: { store, perName: 2 } })];
  const name = "x".repeat(100_000);
  assertEquals((await attempt(one, name, "x")).status, 422);
  assertEquals((await attempt(other, name, "x")).status, 422);
  assertEquals((await attempt(one, name, "x")).status, 429);
  assertEquals(keys.every((key) => key.length < 80), true);
});

Deno.test("authenticate() takes odd names and passwords for wrong ones, and asks no users for them", async () => {
  const asked: string[] = [];
  const users = new MemoryUsers();
  const app = pipeline({ keys: ["a key for tests only, never for visitors"] })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication({
      users: { find: () => undefined, findByName: (name) => (asked.push(name), users.findByName(name)) },
      passwords: new Passwords({ iterations: 1 }),
      limits: false,
    }))
    .handle(async (_request, context) => {
      const odd = [undefined, null, "", "a\0b", "\ud800", "x".repeat(2000), new File([], "x")];
      for (const value of odd) {
        assertEquals(await context.authenticate({ name: value, password: "x" }), undefined);
        assertEquals(await context.authenticate({ name: "ada", password: value }), undefined);
      }
      return new Response();
    });
  assertEquals((await app(new Request("http://localhost/"))).status, 200);
  assertEquals(new Set(asked), new Set(["ada"]));
});

Deno.test("authenticate() refuses who may not sign in, and who has no password", async () => {
  const shop = site();
  assertEquals((await attempt(shop, "cid", "difference")).status, 422);
  assertEquals((await attempt(shop, "dan", "!")).status, 422);
  assertEquals((await attempt(shop, "dan", "")).status, 422);
  assertMatch(shop.events[0]!.message, /not active/);
});

Deno.test("authenticate() stores a weak password anew, and who signs in stays so", async () => {
  const shop = site({ passwords: new Passwords({ iterations: 2000 }) });
  const before = shop.users.find("1")!.password!;
  const answer = await attempt(shop, "ada", "difference");
  const after = shop.users.find("1")!.password!;
  assertMatch(before, /^pbkdf2_sha256\$1000\$/);
  assertMatch(after, /^pbkdf2_sha256\$2000\$/);
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const home = await shop.app(new Request("https://shop.example/", { headers: { Cookie: cookie } }));
  assertEquals(await home.text(), "ada");
  await attempt(shop, "ada", "wrong");
  assertEquals(shop.users.find("1")!.password, after);
});

Deno.test("authenticate() lets somebody in though their password can't be stored anew", async () => {
  const shop = site({ passwords: new Passwords({ iterations: 2000 }) });
  shop.users.replacePassword = () => {
    throw new Error("read-only");
  };
  assertEquals((await attempt(shop, "ada", "difference")).status, 303);
  const event = shop.events.find(({ name }) => name === "auth.not_upgraded") as AppEvent;
  assertMatch(String(event.error), /read-only/);
});

Deno.test("authenticate() says so if a stored password can't be read", async () => {
  const shop = site();
  shop.users.put({ ...shop.users.find("1")!, password: "argon2$argon2id$v=19$x" });
  assertEquals((await attempt(shop, "ada", "difference")).status, 422);
  assertMatch(shop.events[0]!.message, /no password that can be read \(argon2\)/);
  assertEquals(shop.events[0]!.name, "auth.unreadable_password");
});
