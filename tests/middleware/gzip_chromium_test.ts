/** gzip() in a real Chromium: what is added against BREACH must not be seen, and a stream must be shown as it comes. */

import { gzip, html, htmlResponse, pipeline, routes } from "@nuages/web/middleware";
import { assertEquals } from "@std/assert";
import { type Browser, chromium } from "playwright-core";

const EXECUTABLE = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const isMissing = await Deno.stat(EXECUTABLE).then(() => false, () => true);
const WORDS = "All happy families are alike. ".repeat(200);

let browser: Browser;
if (!isMissing) {
  Deno.test.beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
  });
  Deno.test.afterAll(() => browser.close());
}

/** A page, a text, and a stream whose second piece waits for the first to be seen. */
function site(coding: "gzip" | "br" | "zstd", seen: Promise<void>) {
  return pipeline().use(gzip({ codings: [coding], maxRandomBytes: 256 })).handle(routes({
    "GET /": () => htmlResponse(html`<p>${WORDS}</p>`),
    "GET /text": () => new Response(WORDS),
    "GET /stream": () => new Response(slowly(seen), { headers: { "Content-Type": "text/plain" } }),
  }));
}

function slowly(seen: Promise<void>): ReadableStream {
  const encoder = new TextEncoder();
  return ReadableStream.from((async function* () {
    yield encoder.encode("first");
    await seen;
    yield encoder.encode(" second");
  })());
}

for (const coding of ["gzip", "br", "zstd"] as const) {
  Deno.test({
    name: `gzip() is read by Chromium: ${coding}${
      isMissing ? ` (skipped: there is no Chromium at ${EXECUTABLE}; CHROMIUM names another place)` : ""
    }`,
    ignore: isMissing,
    async fn() {
      const seen = Promise.withResolvers<void>();
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site(coding, seen.promise));
      // Chromium asks for br and zstd where it trusts the way only: over https, or on this machine.
      const context = await browser.newContext();
      const page = await context.newPage();
      const answer = await page.goto(`http://localhost:${server.addr.port}/`);
      assertEquals(await answer!.headerValue("Content-Encoding"), coding);
      assertEquals((await page.textContent("p"))!.trim(), WORDS.trim());
      const texts = await page.evaluate(
        `Promise.all(Array.from({ length: 40 }, () => fetch("/text").then((answer) => answer.text())))`,
      );
      assertEquals(new Set(texts as string[]), new Set([WORDS]));
      await page.exposeFunction("tell", (text: string) => text === "first" && seen.resolve());
      const streamed = await page.evaluate(`(async () => {
        let text = "";
        for await (const piece of (await fetch("/stream")).body.pipeThrough(new TextDecoderStream())) await tell(text += piece);
        return text;
      })()`);
      assertEquals(streamed, "first second");
      await context.close();
    },
  });
}
