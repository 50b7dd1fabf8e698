/** brokenLinks(): who is told of which links that lead nowhere. */

import {
  type BrokenLink,
  brokenLinkMail,
  brokenLinks,
  type BrokenLinksOptions,
  NotFound,
  pipeline,
  type PipelineOptions,
  security,
} from "@nuages/web/middleware";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";

function site(options: Partial<BrokenLinksOptions> = {}, pipelineOptions: PipelineOptions = {}) {
  const links: BrokenLink[] = [];
  const app = pipeline(pipelineOptions)
    .use(security())
    .use(brokenLinks({ report: (link) => void links.push(link), ...options }))
    .handle((request) => {
      if (request.url.includes("there")) return new Response("hello");
      throw new NotFound();
    });
  const reports = async (address: string, referer?: string): Promise<boolean> => {
    const before = links.length;
    const headers = { "User-Agent": "Mozilla/5.0", ...(referer === undefined ? {} : { Referer: referer }) };
    await app(new Request(address, { headers }));
    return links.length > before;
  };
  return { app, links, reports };
}

const HERE = "https://example.com";

Deno.test("brokenLinks() reports a 404 that somebody was led to", async () => {
  const { links, reports } = site();
  assertEquals(await reports(`${HERE}/emma/?page=2`, `${HERE}/books/`), true);
  assertEquals(links, [{
    internal: true,
    host: "example.com",
    referer: `${HERE}/books/`,
    url: "/emma/?page=2",
    userAgent: "Mozilla/5.0",
    address: "127.0.0.1",
  }]);
  assertEquals(await reports(`${HERE}/emma/`, "https://news.example/today/"), true);
  assertEquals(links[1]!.internal, false);
  assertEquals(await reports(`${HERE}/there/`, `${HERE}/books/`), false);
});

Deno.test("brokenLinks() reports nothing that is most likely no link, by Django's rules", async () => {
  const { reports } = site();
  const cases: [referer: string | undefined, isReported: boolean][] = [
    [undefined, false],
    ["", false],
    // A search engine.
    ["https://search.example/?q=emma", false],
    ["https://search.example/emma", true],
    // Within the site a query means nothing.
    [`${HERE}/search/?q=emma`, true],
    // The address itself, which no browser sends.
    [`${HERE}/emma/`, false],
    [`${HERE}/emma/?a=1`, false],
    ["/emma/", false],
    ["http://example.com/emma/", false],
    ["https://other.example/emma/", true],
    // The address without its slash: sent here by common().
    [`${HERE}/emma`, false],
    ["https://other.example/emma", true],
    // What is only like this host.
    ["https://example.com.evil.example/?q", false],
    ["https://notexample.com/?q", false],
    ["nonsense", true],
    ["//", true],
  ];
  for (const [referer, isReported] of cases) {
    assertEquals(await reports(`${HERE}/emma/`, referer), isReported, referer);
  }
  assertEquals(await site({ appendSlash: false }).reports(`${HERE}/emma/`, `${HERE}/emma`), true);
});

Deno.test("brokenLinks({ ignore }) leaves paths out, every time", async () => {
  const { reports } = site({ ignore: [/\.php$/g, /^\/favicon\.ico$/, /\?bot=/y] });
  for (let i = 0; i < 3; i++) {
    assertEquals(await reports(`${HERE}/admin.php`, `${HERE}/`), false);
    assertEquals(await reports(`${HERE}/favicon.ico`, `${HERE}/`), false);
    assertEquals(await reports(`${HERE}/x?bot=1`, `${HERE}/`), false);
  }
  assertEquals(await reports(`${HERE}/admin.php/x`, `${HERE}/`), true);
});

Deno.test("brokenLinks() reports nothing with debug: true", async () => {
  assertEquals(await site({}, { debug: true }).reports(`${HERE}/emma/`, `${HERE}/`), false);
});

Deno.test("brokenLinks() answers before the report is done, and whatever becomes of it", async () => {
  const events: string[] = [];
  const onEvent: PipelineOptions["onEvent"] = ({ name, message, error }) =>
    events.push(`${name} ${message} ${(error as Error).message}`);
  const { promise, reject } = Promise.withResolvers<void>();
  const slow = site({ report: () => promise }, { onEvent });
  assertInstanceOf(slow.app(new Request(`${HERE}/x`, { headers: { Referer: `${HERE}/` } })), Response);
  reject(new Error("the mail server is down"));
  await delay(0);
  const throwing = site({
    report: () => {
      throw new Error("no");
    },
  }, { onEvent });
  const response = await throwing.app(new Request(`${HERE}/x`, { headers: { Referer: `${HERE}/` } }));
  assertEquals([response.status, response.headers.get("X-Frame-Options")], [404, "DENY"]);
  const said = "exception Unexpected exception in the report of brokenLinks()";
  assertEquals(events, [`${said} the mail server is down`, `${said} no`]);
});

Deno.test("brokenLinks() names a visitor behind a proxy", async () => {
  const { app, links } = site({}, { proxies: { trust: ["127.0.0.1"] } });
  const headers = { Referer: `${HERE}/`, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https" };
  await app(new Request("http://example.com/x", { headers }));
  assertEquals([links[0]!.address, links[0]!.userAgent], ["203.0.113.9", ""]);
});

Deno.test("brokenLinkMail() words a link as Django does, and lets nothing out of its line", () => {
  const link: BrokenLink = {
    internal: true,
    host: "example.com",
    referer: `${HERE}/a\r\nBcc: everybody@example.com`,
    url: "/emma/",
    userAgent: "x\u2028y\x1b[2J\x85z",
    address: "192.0.2.7",
  };
  assertEquals(brokenLinkMail(link), {
    subject: "Broken INTERNAL link on example.com",
    text: "Referrer: https://example.com/a  Bcc: everybody@example.com\n" +
      "Requested URL: /emma/\nUser agent: x y [2J z\nIP address: 192.0.2.7\n",
  });
  assertEquals(brokenLinkMail({ ...link, internal: false }).subject, "Broken link on example.com");
});

Deno.test("brokenLinks() refuses options that can't be meant", () => {
  assertThrows(() => brokenLinks({} as never), TypeError, "report must be a function");
  assertThrows(() => brokenLinks(undefined as never), TypeError, "report must be a function");
  assertThrows(() => brokenLinks({ report: () => {}, ignore: ["x"] as never }), TypeError, "regular expressions");
  assertThrows(() => brokenLinks({ report: () => {}, appendSlash: 1 as never }), TypeError, "true or false");
});
