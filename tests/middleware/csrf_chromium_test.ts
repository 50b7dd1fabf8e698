/** csrf() against pages that really attack, in a real Chromium. Ports of one host share cookies, so that SameSite stops nothing there. */

import { type AppEvent, csrf, html, htmlResponse, pipeline, routes } from "@nuages/web/middleware";
import { assertEquals, assertMatch } from "@std/assert";
import { type Browser, chromium, type Page } from "playwright-core";

const EXECUTABLE = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const isMissing = await Deno.stat(EXECUTABLE).then(() => false, () => true);

let browser: Browser;
if (!isMissing) {
  Deno.test.beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
  });
  Deno.test.afterAll(() => browser.close());
}

/** The victim: a shop whose session is a cookie that goes along with everything. */
function shop(bought: string[], onRefusal: (reason: string) => void, requireToken: boolean) {
  return pipeline({ onEvent: ({ name, data }: AppEvent) => onRefusal(`${name}: ${data?.reason}`) })
    .use(csrf({ requireToken }))
    .handle(routes({
      "GET /": (request, context) =>
        htmlResponse(
          html`<form method="post" action="/buy">${context.csrfField()}<button>Buy</button></form><output>${context.csrfToken()}</output>`,
          { headers: { "Referrer-Policy": new URL(request.url).searchParams.get("policy") ?? "same-origin" } },
        ),
      "POST /buy": (request) => {
        bought.push(request.headers.get("Sec-Fetch-Site") ?? "nothing");
        return new Response("bought");
      },
    }));
}

/** The attacker: each page sends something to the shop as soon as it is shown. */
function attacker(target: string): (request: Request) => Response {
  const form = `<form method="post" action="${target}"><input name="csrfmiddlewaretoken" value="${
    "a".repeat(32)
  }"></form>`;
  const submit = "<script>document.forms[0].submit()</script>";
  const pages: Record<string, string> = {
    "/form": form + submit,
    "/text": form.replace("<form", '<form enctype="text/plain"') + submit,
    "/frame": `<iframe sandbox="allow-scripts allow-forms" srcdoc='${form}${submit}'></iframe>`,
    "/fetch":
      `<script>fetch("${target}", { method: "POST", mode: "no-cors", credentials: "include", body: "a=b" })</script>`,
    "/beacon": `<script>navigator.sendBeacon("${target}", new Blob(["a"]))</script>`,
  };
  return (request) => {
    const page = pages[new URL(request.url).pathname] ?? "";
    return new Response(page, { headers: { "Content-Type": "text/html", "Referrer-Policy": "no-referrer" } });
  };
}

Deno.test({
  name: `csrf() lets a shop's own forms through in Chromium, and no attack${
    isMissing ? ` (skipped: there is no Chromium at ${EXECUTABLE}; CHROMIUM names another place)` : ""
  }`,
  ignore: isMissing,
  async fn(t) {
    const bought: string[] = [];
    const reasons: string[] = [];
    const refused = new Refusals();
    const onRefusal = (reason: string) => {
      reasons.push(reason);
      refused.add(reason);
    };
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, shop(bought, onRefusal, false));
    await using strict = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, shop(bought, onRefusal, true));
    const origin = `http://localhost:${server.addr.port}`;
    await using evil = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, attacker(`${origin}/buy`));
    const visitor = await browser.newContext();
    try {
      const page = await visitor.newPage();
      await t.step("its own form, and the cookie is there", async () => {
        await page.goto(origin);
        assertEquals((await visitor.cookies()).map(({ name }) => name), ["csrftoken"]);
        assertEquals(await buy(page), "bought");
        assertEquals([bought.splice(0), reasons.splice(0)], [["same-origin"], []]);
      });

      await t.step("its own form on a page that hides its origin", async () => {
        await page.goto(`${origin}/?policy=no-referrer`);
        assertEquals(await buy(page), "bought");
        assertEquals([bought.splice(0), reasons.splice(0)], [["same-origin"], []]);
      });

      await t.step("with requireToken, its own form and a fetch with the header, but no fetch without", async () => {
        await page.goto(`http://localhost:${strict.addr.port}`);
        assertEquals(await buy(page), "bought");
        await page.goto(`http://localhost:${strict.addr.port}`);
        const statuses = await page.evaluate(`(async () => {
          const token = document.querySelector("output").textContent;
          const send = (headers) => fetch("/buy", { method: "POST", headers });
          return [(await send({ "X-CSRFToken": token })).status, (await send({})).status];
        })()`);
        assertEquals(statuses, [200, 403]);
        assertEquals([bought.splice(0).length, reasons.splice(0)], [2, ["csrf.rejected: CSRF token missing."]]);
      });

      const attack = async (path: string, site: string) => {
        for (const host of ["localhost", "127.0.0.1"]) {
          // What the shop saw counts: what a frame was answered the browser doesn't always tell, and a page may leave before it has loaded.
          const refusal = refused.next();
          const tab = await visitor.newPage();
          const gone = tab.goto(`http://${host}:${evil.addr.port}${path}`).catch(() => {});
          const expected = host === "localhost" ? site : "cross-site";
          assertMatch(await refusal, new RegExp(`^csrf.rejected: Sec-Fetch-Site checking failed - ${expected}, `));
          await gone;
          await tab.close();
          assertEquals(bought, []);
        }
      };
      await t.step("no form of another port or another site", () => attack("/form", "same-site"));
      await t.step("no form of plain text", () => attack("/text", "same-site"));
      await t.step("no form in a sandboxed frame", () => attack("/frame", "cross-site"));
      await t.step("no fetch", () => attack("/fetch", "same-site"));
      await t.step("no beacon", () => attack("/beacon", "same-site"));
    } finally {
      await visitor.close();
    }
  },
});

/** Waits for what the shop refuses next. */
class Refusals {
  #waiting: ((reason: string) => void) | undefined;

  add(reason: string): void {
    this.#waiting?.(reason);
    this.#waiting = undefined;
  }

  next(): Promise<string> {
    return new Promise((resolve) => this.#waiting = resolve);
  }
}

async function buy(page: Page): Promise<string> {
  await Promise.all([page.waitForURL("**/buy"), page.click("button")]);
  return await page.innerText("body");
}
