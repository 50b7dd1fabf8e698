/** Sessions in the cache of a real Django, in a real Redis. */

import { authentication, djangoUsers } from "@nuages/web/auth";
import { pipeline, routes } from "@nuages/web/middleware";
import { DjangoCacheStore, sessions } from "@nuages/web/sessions";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DJANGO_PYTHON, NO_DJANGO, pythonHas } from "../django/_python.ts";
import { type Beside, DATABASES, KEY } from "../auth/_django_beside.ts";
import { type Connection, REDIS, type RedisServer, startRedis, WITHOUT_REDIS } from "./_redis.ts";
import { makeSite, setCookies } from "./_site.ts";

const ID = "abcdefghijklmnopqrstuvwxyz012345";
const PREFIX = ":1:django.contrib.sessions.cache";

const missing = DJANGO_PYTHON === undefined
  ? ` (${NO_DJANGO})`
  : WITHOUT_REDIS || (pythonHas("redis") ? "" : " (needs redis-py for that Python: pip install redis)");

/** A Django whose sessions are in Redis, and that Redis. */
async function withCache(
  serializer: string | undefined,
  body: (beside: Beside, client: Connection, server: RedisServer) => Promise<void>,
): Promise<void> {
  await using server = await startRedis();
  await using client = await server.connect();
  await using beside = await DATABASES[0]!.start({
    settings: {
      SESSION_ENGINE: "django.contrib.sessions.backends.cache",
      CACHES: {
        default: {
          BACKEND: "django.core.cache.backends.redis.RedisCache",
          LOCATION: `redis://127.0.0.1:${server.port}`,
          ...(serializer && { OPTIONS: { serializer } }),
        },
      },
    },
  });
  await body(beside, client, server);
}

function testCache(
  name: string,
  body: (beside: Beside, client: Connection, server: RedisServer) => Promise<void>,
  serializer: string | undefined = "django.core.signing.JSONSerializer",
): void {
  Deno.test({
    name: `Django's cache: ${name}${missing}`,
    ignore: missing !== "",
    fn: () => withCache(serializer, body),
  });
}

function site({ client: database }: Beside, client: Connection): TestBrowser {
  const app = pipeline({ keys: [KEY] })
    // deno-lint-ignore no-explicit-any -- whatever a test puts in
    .use(sessions<Record<string, any>>({ store: new DjangoCacheStore(client) }))
    .use(authentication({ users: djangoUsers(database) }))
    .handle(routes({
      "GET /": async (_request, context) => Response.json(Object.fromEntries((await context.session()).entries())),
      "GET /who/": async (_request, context) => new Response((await context.user())?.name ?? ""),
      "GET /age/": async (_request, context) => Response.json((await context.session()).expiry.seconds),
      "POST /": async (request, context) => {
        (await context.session()).assign(await request.json());
        return new Response();
      },
      "POST /add/": async (_request, context) => {
        (await context.session()).update("count", (count = 0) => count + 1);
        return new Response();
      },
      "POST /cycle/": async (_request, context) => {
        (await context.session()).cycleKey();
        return new Response();
      },
      "POST /logout/": async (_request, context) => {
        await context.logout();
        return new Response();
      },
    }));
  return new TestBrowser(app);
}

function give(browser: TestBrowser, id: string): TestBrowser {
  const url = new URL("http://localhost/");
  browser.cookies.receive(`sessionid=${id}; Path=/`, { url, from: undefined, safeNavigation: true });
  return browser;
}

testCache("who signs in there is signed in here, and what either writes the other reads", async (beside, client) => {
  await beside.django.ask({ do: "user", name: "ada", password: "difference", more: {} });
  const theirs = await beside.request("POST", "/login/", "", { name: "ada", password: "difference" });
  const browser = give(site(beside, client), theirs.cookies.sessionid!);
  assertEquals(await browser.text("/who/"), "ada");
  assert(Math.abs(await browser.json("/age/") - 1_209_600) < 5);

  await browser.post("/", JSON.stringify({ cart: ["é ☃ 🙂"] }));
  const cookie = `sessionid=${browser.cookie("sessionid")!.value}`;
  assertEquals(JSON.parse((await beside.request("GET", "/session/", cookie)).body).cart, ["é ☃ 🙂"]);
  assertEquals((await beside.request("GET", "/whoami/", cookie)).body, "ada");
  await beside.request("POST", "/session/", cookie, { data: '{"big": 12345678901234567890, "n": 1}' });
  await browser.post("/", JSON.stringify({ n: 2 }));
  assert((await beside.request("GET", "/session/", cookie)).body.includes('"big": 12345678901234567890'));

  await browser.post("/logout/");
  assertEquals((await beside.request("GET", "/whoami/", cookie)).body, "");
  const ours = site(beside, client);
  await ours.post("/", JSON.stringify({ a: 1 }));
  await beside.request("POST", "/logout/", `sessionid=${ours.cookie("sessionid")!.value}`);
  assertEquals(await ours.json("/"), {});
});

testCache(
  "no change is lost between requests of this library, and a new id leaves nothing behind",
  async (beside, client, server) => {
    await using other = await server.connect("ioredis in bytes");
    const theirs = await beside.request("POST", "/session/", "", { data: '{"count": 0}' });
    const id = theirs.cookies.sessionid!;
    const browsers = [client, other].map((each) => give(site(beside, each), id));
    await Promise.all(Array.from({ length: 20 }, (_, index) => browsers[index % 2]!.post("/add/")));
    assertEquals(await browsers[0]!.json("/"), { count: 20 });

    await browsers[0]!.post("/cycle/");
    const keys = await client.send("KEYS", "*") as string[];
    assertEquals(keys, [`${PREFIX}${browsers[0]!.cookie("sessionid")!.value}`]);
    assertEquals(await give(site(beside, client), id).json("/"), {});
  },
);

testCache("pickled sessions are a 503 that says what Django needs, and stay as they are", async (beside, client) => {
  const theirs = await beside.request("POST", "/session/", "", { data: '{"a": 1}' });
  const pages = makeSite({ store: new DjangoCacheStore(client) });
  const response = await pages.browser().get("/", { headers: { Cookie: `sessionid=${theirs.cookies.sessionid}` } });
  await response.body?.cancel();
  assertEquals([response.status, setCookies(response)], [503, []]);
  const message = String(pages.events[0]?.error);
  assert(message.includes("django.core.signing.JSONSerializer"), message);
  assertEquals(JSON.parse((await beside.request("GET", "/session/", `sessionid=${theirs.cookies.sessionid}`)).body), {
    a: 1,
  });
}, "");

Deno.test({
  name: `DjangoCacheStore names its keys as Django does, and lets them expire${WITHOUT_REDIS}`,
  ignore: !REDIS,
  async fn() {
    await using server = await startRedis();
    await using client = await server.connect();
    const store = new DjangoCacheStore(client, { keyPrefix: "shop", version: 7 });
    const pages = makeSite({ store }, {
      "/set": (session) => session.set("a", 1),
      "/short": (session) => (session.set("a", 1), session.setExpiry(60)),
      "/past": (session) => session.setExpiry(-1),
    });
    const browser = pages.browser();
    await browser.get("/set");
    const key = `shop:7:django.contrib.sessions.cache${browser.cookie("sessionid")!.value}`;
    assertEquals(await client.send("GET", key), '{"a":1}');
    await browser.get("/short");
    const life = Number(await client.send("PTTL", key));
    assert(life > 55_000 && life <= 60_000, String(life));
    await browser.get("/past");
    assertEquals(await client.send("EXISTS", key), 0);

    await client.send("SET", `shop:7:django.contrib.sessions.cache${ID}`, '{"b":2}');
    assertEquals(await pages.browser().json("/", { headers: { Cookie: `sessionid=${ID}` } }), { b: 2 });
  },
});

Deno.test("DjangoCacheStore refuses what can't be, and sessions() what it can't do", () => {
  const client = { send: () => Promise.resolve(null) };
  assertThrows(() => new DjangoCacheStore({} as never), TypeError, "must have a method send");
  assertThrows(() => new DjangoCacheStore(client, { version: 1.5 }), TypeError, "version a whole number");
  assertThrows(
    () => new DjangoCacheStore(client, { timeZone: "Mars" }),
    TypeError,
    "Cannot create DjangoCacheStore as timeZone",
  );
  const store = new DjangoCacheStore(client);
  assertThrows(() => sessions({ store, rotateSeconds: 60 }), TypeError, "rotateSeconds in a DjangoCacheStore");
  assertThrows(() => sessions({ store, encrypt: true }), TypeError, "in a DjangoCacheStore as Django");
});
