/** What TestBrowser says of its requests is what a real Chromium says of the same ones. */

import { assertEquals } from "@std/assert";
import { chromium, type Page } from "playwright-core";
import { TestBrowser } from "../../testing/test_browser.ts";
import type { BrowserVisit } from "../../testing/test_browser_options.ts";

const EXECUTABLE = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const isMissing = await Deno.stat(EXECUTABLE).then(() => false, () => true);

const NAMES = ["Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-User"];

/** Sends on what says so, answers every other request, and notes what it said under the last part of its path. */
function notingSite(notes: Map<string, unknown>): (request: Request) => Response {
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const to = searchParams.get("to");
    if (to !== null) {
      return new Response(null, { status: Number(searchParams.get("status")), headers: { Location: to } });
    }
    if (pathname !== "/start" && pathname !== "/favicon.ico") {
      notes.set(`${request.method} ${pathname}`, NAMES.map((name) => request.headers.get(name)));
    }
    return new Response("<!doctype html><title>a page</title>", { headers: { "Content-Type": "text/html" } });
  };
}

/** What somebody does: from a page, to an address, by a link, a form or a script. */
interface Step {
  readonly name: string;
  readonly from: string | null;
  readonly to: string;
  readonly by: "link" | "form" | "script" | "posting script" | "address bar";
}

Deno.test({
  name: `TestBrowser says where requests come from as Chromium does${
    isMissing ? ` (skipped: there is no Chromium at ${EXECUTABLE}; CHROMIUM names another place)` : ""
  }`,
  ignore: isMissing,
  async fn() {
    const theirs = new Map<string, unknown>();
    const ours = new Map<string, unknown>();
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, notingSite(theirs));
    await using neighbour = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, notingSite(theirs));
    const [shop, other, foreign] = [
      `http://localhost:${server.addr.port}`,
      `http://localhost:${neighbour.addr.port}`,
      `http://127.0.0.1:${neighbour.addr.port}`,
    ];
    const away = (by: string, to: string, status: number) => `${by}/?status=${status}&to=${encodeURIComponent(to)}`;
    const steps = ([
      { name: "typed", from: null, to: shop, by: "address bar" },
      ...(["link", "form", "script", "posting script"] as const).flatMap((by): Omit<Step, "name">[] => [
        { from: `${shop}/start?a=1`, to: shop, by },
        { from: `${other}/start?a=1`, to: shop, by },
        { from: `${foreign}/start?a=1`, to: shop, by },
      ]),
    ] as Step[]).map((step, index) => ({ ...step, name: `step${index}`, to: `${step.to}/step${index}` }));
    const detours: Step[] = [
      { name: "home", from: `${shop}/start`, to: away(foreign, `${shop}/home`, 302), by: "link" },
      { name: "near", from: `${shop}/start`, to: away(other, `${shop}/near`, 302), by: "link" },
      { name: "posted-home", from: `${shop}/start`, to: away(foreign, `${shop}/posted-home`, 307), by: "form" },
      { name: "posted-on", from: `${shop}/start`, to: away(shop, `${foreign}/posted-on`, 308), by: "form" },
      { name: "posted-and-shown", from: `${shop}/start`, to: away(shop, `${shop}/posted-and-shown`, 303), by: "form" },
      { name: "sent-off", from: `${foreign}/start`, to: away(foreign, `${shop}/sent-off`, 302), by: "link" },
    ];

    const real = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await real.newPage();
      for (const step of [...steps, ...detours]) await takeStep(page, step, theirs);
    } finally {
      await real.close();
    }
    const browser = new TestBrowser(notingSite(ours), { origin: shop });
    for (const { from, to, by } of [...steps, ...detours]) {
      const visit: BrowserVisit = { from, navigation: !by.endsWith("script") };
      await browser.follow(
        to,
        by === "form" || by === "posting script" ? { ...visit, method: "POST", body: "a=1" } : visit,
      );
    }

    assertEquals(theirs.size, steps.length + detours.length);
    assertEquals(Object.fromEntries(ours), Object.fromEntries(theirs));
  },
});

async function takeStep(page: Page, { from, to, by, name }: Step, notes: ReadonlyMap<string, unknown>): Promise<void> {
  if (from === null) return void await page.goto(to);
  await page.goto(from);
  const isScript = by.endsWith("script");
  await page.evaluate(`{
    const to = ${JSON.stringify(to)};
    document.body.innerHTML = '<a>go</a><form method="post"><button>send</button></form>';
    document.querySelector("a").href = to;
    document.querySelector("form").action = to;
    document.querySelector("a").onclick = () => {
      if (!${isScript}) return true;
      fetch(to, { method: ${JSON.stringify(by === "posting script" ? "POST" : "GET")} }).catch(() => {});
      return false;
    };
  }`);
  await page.click(by === "form" ? "button" : "a");
  const isThere = () => [...notes.keys()].some((key) => key.endsWith(`/${name}`));
  for (let waited = 0; !isThere() && waited < 10_000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await page.waitForLoadState();
}
