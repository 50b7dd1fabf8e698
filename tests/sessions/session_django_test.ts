/** The scenarios that were recorded from Django's session middleware, played again: the same status, cookie and `Vary`, but where it says why not. */

import { pipeline } from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals, assertNotEquals } from "@std/assert";
import type { TestBrowser } from "../../testing/test_browser.ts";
import { makeSite, type Site } from "./_site.ts";

/** One request as Django answered it. */
interface Recorded {
  readonly status: number;
  readonly vary: string | null;
  readonly cookie: string | null;
}

const SCENARIOS: ReadonlyMap<string, Recorded> = readScenarios();

/** Reads `## name method /path {…} -> status` and the headers below it. The same name and path again gets a number. */
function readScenarios(): Map<string, Recorded> {
  const text = Deno.readTextFileSync(new URL("../vectors/django-scenarios.txt", import.meta.url));
  const found = new Map<string, Recorded>();
  for (const section of text.split(/^## /m).slice(1)) {
    const [, name, path, status] = /^(.+?) (?:get|post|head) (\/\S+) .*-> (\d+)$/m.exec(section)!;
    const header = (wanted: string) => new RegExp(`^ +${wanted}: (.*)$`, "m").exec(section)?.[1] ?? null;
    let key = `${name} ${path}`;
    for (let again = 2; found.has(key); again++) key = `${name} ${path} ${again}`;
    const cookie = header("Set-Cookie");
    found.set(key, { status: Number(status), vary: header("Vary"), cookie: cookie && normal(cookie) });
  }
  return found;
}

/** A line without what differs each time, the id and the date; and without the HttpOnly that our deletions repeat and Django's leave out. */
function normal(line: string): string {
  if (line.includes("; Max-Age=0;")) return line.replace("HttpOnly; ", "");
  return line.replace(/=[\w-]{32,43};/, "=ID;").replace(/expires=[^;]*(?<! 1970 00:00:00 GMT);/, "expires=DATE;");
}

/** The site that was recorded, with Django's name for the cookie, and without Secure as there. */
function recordedSite(): Site {
  const site = makeSite({ store: new MemoryStore(), cookie: { name: "sessionid", secure: false } }, {
    "/read": (session) => session.get("a"),
    "/set": (session) => session.set("a", 1),
    "/set0": (session) => (session.set("a", 1), session.setExpiry(0)),
    "/set300": (session) => (session.set("a", 1), session.setExpiry(300)),
    "/del": (session) => session.delete("a"),
    "/clear": (session) => session.clear(),
    "/flush": (session) => session.flush(),
    "/setdel": (session) => (session.set("a", 1), session.delete("a")),
    "/cycle": (session) => session.cycleKey(),
    "/set500": (session) => (session.set("a", 2), new Response("x", { status: 500 })),
    "/set404": (session) => (session.set("a", 2), new Response("x", { status: 404 })),
    "/interrupt": async (session, request) => {
      const { headers } = request;
      await site.app(new Request("http://shop.example/flush", { headers }));
      session.set("a", 2);
    },
  });
  return site;
}

/** Plays a request, and compares. */
async function replay(browser: TestBrowser, key: string, headers: Record<string, string> = {}): Promise<void> {
  const expected = SCENARIOS.get(key)!;
  const path = /(\/\S+)/.exec(key)![1]!;
  const response = await browser.get(path, { headers });
  await response.body?.cancel();
  const cookie = response.headers.getSetCookie().map(normal).join("\n") || null;
  const vary = response.headers.get("Vary")?.split(", ").find((name) => name === "Cookie") ?? null;

  assertEquals({ key, status: response.status, vary, cookie }, { key, ...expected });
}

const visitor = () => recordedSite().browser({ origin: "http://shop.example" });
const UNKNOWN = { Cookie: `sessionid=${"abcdefghijklmnopqrstuvwxyz012345".padEnd(43, "0")}` };

Deno.test("Django's scenario: a visitor without a session reads", async () => {
  await replay(visitor(), "read no cookie /read");
});

Deno.test("Django's scenario: an id that nobody has is read, and set", async () => {
  await replay(visitor(), "bogus cookie read /read", UNKNOWN);
  await replay(visitor(), "bogus cookie set /set", UNKNOWN);
});

Deno.test("Django's scenario: set, read, end with the browser, end in 300 seconds, delete, read, clear, flush", async () => {
  const browser = visitor();
  await replay(browser, "set /set");
  await replay(browser, "set /read");
  await replay(browser, "set /set0");
  await replay(browser, "set /set300");
  await replay(browser, "set /del");
  await replay(browser, "set /read 2");
  await replay(browser, "set /clear");
  await replay(browser, "set /flush");
});

Deno.test("Django's scenario: what is set and deleted in one request leaves nothing", async () => {
  await replay(visitor(), "setdel /setdel");
});

Deno.test("Django's scenario: a new id", async () => {
  const browser = visitor();
  await replay(browser, "cycle /set");
  const before = browser.cookie("sessionid")!.value;
  await replay(browser, "cycle /cycle");

  assertNotEquals(browser.cookie("sessionid")!.value, before);
});

Deno.test("Django's scenario: errors of 500 and of 404, without a session and with one", async () => {
  await replay(visitor(), "500 /set500");
  await replay(visitor(), "404 /set404");
  const browser = visitor();
  await replay(browser, "500 after set /set");
  await replay(browser, "500 after set /set500");
  await replay(browser, "500 after set /read");
  assertEquals(await browser.json("/read"), 1);
});

Deno.test("Django's scenario, and where we differ: after a session was ended under a request, the dead cookie goes with the 400", async () => {
  const browser = visitor();
  await replay(browser, "interrupt /set");
  const response = await browser.get("/interrupt");

  assertEquals(response.status, SCENARIOS.get("interrupt /interrupt")!.status);
  assertEquals(SCENARIOS.get("interrupt /interrupt")!.cookie, null);
  assertEquals(response.headers.getSetCookie().map(normal), [
    'sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax',
  ]);
});

Deno.test("Django's scenario, and where we differ: a malformed cookie that nobody asks for is left alone", async () => {
  const app = pipeline().use(sessions({ store: new MemoryStore() })).handle(() => new Response("ok"));
  const ours = async (value: string) => {
    const response = await app(new Request("http://localhost/plain", { headers: { Cookie: `sessionid=${value}` } }));
    const [cookie = null] = response.headers.getSetCookie();
    return { status: response.status, vary: response.headers.get("Vary"), cookie };
  };

  assertEquals(await ours("abcdefghijklmnopqrstuvwxyz012345"), SCENARIOS.get("cookie but untouched /plain"));
  // Django takes it away and says Vary: Cookie, and looks at it in every request for that.
  assertEquals(SCENARIOS.get("short cookie untouched /plain")!.vary, "Cookie");
  assertEquals(await ours("short"), { status: 200, vary: null, cookie: null });
});
