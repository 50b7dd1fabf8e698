/** csrf() under 4 000 seeded random requests: none breaks it, none gets through without a proof. */

import { assert, assertEquals } from "@std/assert";
import { csrfSite, SECRET } from "./_csrf_site.ts";

const PIECES = [
  "https://shop.example",
  "http://shop.example",
  "https://pay.example",
  "https://a.wild.example",
  "https://evil.example",
  "shop.example",
  "wild.example",
  "null",
  "same-origin",
  "same-site",
  "cross-site",
  "none",
  "://",
  "/",
  "\\",
  "@",
  ":",
  ":443",
  "[",
  "]",
  ".",
  "*",
  "?",
  "#",
  ",",
  ";",
  " ",
  "\t",
  "%",
  "%00",
  "é",
  "\x9b",
  "=",
  '"',
  "__Host-csrftoken=",
  "csrfmiddlewaretoken=",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=b",
  "text/plain",
  "--b\r\n",
  "&",
  "a".repeat(32),
  "a".repeat(64),
  "x".repeat(3000),
];

const HOSTS = ["shop.example", "shop.example:443", "SHOP.example", "evil.example", "pay.example", ""];

/** Mulberry32: the same numbers each time. */
function seeded(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

Deno.test("csrf() neither breaks nor lets anything through, whatever is sent", async () => {
  const random = seeded(20260901);
  const pick = () => PIECES[Math.floor(random() * PIECES.length)]!;
  const text = () => Array.from({ length: 1 + Math.floor(random() * 4) }, pick).join("");
  const send = csrfSite({ trustedOrigins: ["https://pay.example", "https://*.wild.example"] });
  const statuses = new Map<number, number>();
  for (let i = 0; i < 4_000; i++) {
    const headers: Record<string, string> = {};
    for (
      const name of ["Origin", "Referer", "Sec-Fetch-Site", "Content-Type", "X-CSRFToken", "X-Forwarded-Proto"]
    ) {
      if (random() < 0.5) headers[name] = text().replace(/[\r\n]/g, "");
    }
    if (random() < 0.3) headers.Host = HOSTS[Math.floor(random() * HOSTS.length)]!;
    // The visitor's own cookie half of the time: what is missing is the proof.
    const cookie = random() < 0.5 ? `__Host-csrftoken=${SECRET}` : text().replace(/[\r\n]/g, "");
    const url = random() < 0.5 ? "https://shop.example/" : "http://shop.example/";
    const { status, events } = await send({ url, headers, cookie, ...(random() < 0.7 ? { body: text() } : {}) });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const site = headers["Sec-Fetch-Site"]?.trim();
    if (site === "same-origin" || site === "none") {
      assertEquals(status, 200);
    } else if (status === 200) {
      // The dice have found a cookie and a token that fit: from an origin that may have them.
      assert(cookie.includes("a".repeat(32)), JSON.stringify({ url, headers, cookie }));
      assert(site !== "same-site" && site !== "cross-site" || /pay|wild/.test(headers.Origin ?? ""));
    } else assert(status === 403 || status === 400, `${status} ${JSON.stringify(headers)}`);
    assert(events.every(({ name }) => name !== "exception"));
  }
  assert(statuses.get(403)! > 3_000, JSON.stringify([...statuses]));
});
