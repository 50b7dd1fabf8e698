/** contentSecurityPolicy() in a real Chromium: the site's scripts run, what was written into its page doesn't. */

import { contentSecurityPolicy, Html, html, htmlResponse, pipeline, routes, STRICT_CSP } from "@nuages/web/middleware";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { chromium } from "playwright-core";

const EXECUTABLE = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const isMissing = await Deno.stat(EXECUTABLE).then(() => false, () => true);

const INJECTED = new Html(
  `<script>injected.push("inline")</script><script src="/evil.js"></script><img src="/x" onerror="injected.push('handler')">` +
    `<script nonce="AAAAAAAAAAAAAAAAAAAAAA">injected.push("guessed")</script><base href="https://evil.example/">`,
);

Deno.test({
  name: `contentSecurityPolicy() lets the site's scripts run in Chromium, and nothing that was injected${
    isMissing ? ` (skipped: there is no Chromium at ${EXECUTABLE}; CHROMIUM names another place)` : ""
  }`,
  ignore: isMissing,
  async fn() {
    const reported = Promise.withResolvers<string>();
    const script = (text: string) => new Response(text, { headers: { "Content-Type": "text/javascript" } });
    const app = pipeline()
      .use(contentSecurityPolicy({ policy: { ...STRICT_CSP, "report-uri": "/csp-reports/" } }))
      .handle(routes({
        "GET /": (_request, { cspNonce }) =>
          htmlResponse(html`<!doctype html><meta charset="utf-8"><title>Shop</title>
<script nonce="${cspNonce}">globalThis.injected = []; globalThis.ran = ["inline"]</script>
<script nonce="${cspNonce}" src="/shop.js"></script>
<style nonce="${cspNonce}">p { color: rgb(1, 2, 3) }</style><p>hello</p>${INJECTED}`),
        "GET /plain/": () =>
          htmlResponse(html`
            <!doctype html>
            <title>Plain</title>
            <script src="/shop.js"></script>
          `),
        "GET /shop.js": () =>
          script(
            `(globalThis.ran ??= []).push("file"); document.head.append(Object.assign(document.createElement("script"), { src: "/more.js" }))`,
          ),
        "GET /more.js": () => script(`ran.push("loaded"); document.documentElement.dataset.done = ""`),
        "GET /evil.js": () => script(`injected.push("file")`),
        "POST /csp-reports/": async (request) => {
          reported.resolve(await request.text());
          return new Response(null, { status: 204 });
        },
      }));
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${server.addr.port}/`);
      await page.waitForSelector("html[data-done]", { state: "attached" });
      const seen = await page.evaluate(
        "({ ran, injected, color: getComputedStyle(document.querySelector('p')).color, base: document.baseURI })",
      );
      assertEquals(seen, {
        ran: ["inline", "file", "loaded"],
        injected: [],
        color: "rgb(1, 2, 3)",
        base: `http://localhost:${server.addr.port}/`,
      });
      await page.goto(`http://localhost:${server.addr.port}/plain/`);
      assertEquals(await page.evaluate("globalThis.ran"), undefined, "a script without the nonce doesn't run");
    } finally {
      await browser.close();
    }
    assertStringIncludes(await reported.promise, '"effective-directive":"');
  },
});
