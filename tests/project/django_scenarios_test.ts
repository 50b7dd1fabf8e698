/**
 * What Django's startproject answered, asked of recommended() through a real server: the same status, headers, cookies and bodies, but for what stands in the tables below. What stands there has to differ
 * exactly like that; docs/differences-from-django.md says why.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type RawAnswer, rawRequest } from "./_raw_request.ts";
import { type Recorded, recordedScenarios } from "./_recorded.ts";
import { recordedSite } from "./_recorded_site.ts";

/** Sent with every answer, errors, redirects and refused hosts too. */
const ALWAYS = {
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "permissions-policy":
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), " +
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), window-management=(), xr-spatial-tracking=()",
  "content-security-policy":
    "default-src 'self'; script-src 'none'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-request-id": "ID",
};

interface Difference {
  readonly status?: number;
  /** Headers that are there instead; `undefined` for none. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Names that are in `Vary` besides. */
  readonly vary?: readonly string[];
  readonly cookies?: readonly string[];
  /** What the body fits instead. */
  readonly body?: RegExp;
}

/** A page of the kernel's own: HTML, or problem details for who accepts these, with a length. */
const ERROR_PAGE: Difference = { headers: { "content-length": "BODY" }, vary: ["Accept"], body: /^\s*<!doctype html>/ };
const GONE =
  '__Host-sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure';
/** A page that shows messages is nobody else's; its body is passed on, to see whether it arrives. */
const SHOWS_MESSAGES: Difference = {
  headers: { "cache-control": "private, no-cache", "content-length": undefined },
  vary: ["Cookie"],
};
const REDIRECT: Difference = { headers: { "content-type": undefined } };

/** What differs in one answer. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  // Nobody asked for the session, so nobody looked at the cookie.
  "short cookie untouched GET /plain": { cookies: [], headers: { vary: undefined } },
  // The cookie of a session that has ended goes.
  "interrupt GET /interrupt": { ...ERROR_PAGE, cookies: [GONE], vary: ["Accept", "Cookie"] },
  "csrf GET /csrf": { body: /^[A-Za-z0-9]{64}$/ },
  // The cookie was looked for, and there was none.
  "csrf post no cookie POST /plain": { ...ERROR_PAGE, vary: ["Accept", "Cookie"] },
  "csrf bad origin POST /plain": ERROR_PAGE,
  "csrf null origin POST /plain": ERROR_PAGE,
  "csrf https no referer POST /plain": ERROR_PAGE,
  // Django reads and writes the cookie of messages without Vary.
  "msg GET /msg": { vary: ["Cookie"] },
  "msg GET /msgread": SHOWS_MESSAGES,
  "msg GET /msgread 2": { vary: ["Cookie"] },
  "msg add+read GET /msgadd+read": SHOWS_MESSAGES,
  "exc GET /exc": ERROR_PAGE,
  "pd GET /pd": ERROR_PAGE,
  "so GET /so": ERROR_PAGE,
  "br GET /br": ERROR_PAGE,
  "nf GET /nf": ERROR_PAGE,
  "missing GET /nope": ERROR_PAGE,
  "slash GET /slash": REDIRECT,
  "slash q GET /slash?a=b": REDIRECT,
  // A form keeps its method and fields.
  "slash post POST /slash": { ...REDIRECT, status: 308 },
  "badhost GET /plain": ERROR_PAGE,
};

for (const [name, requests] of Map.groupBy(recordedScenarios(), ({ name }) => name)) {
  Deno.test(`Django's scenario on recommended(): ${name}`, async () => {
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, recordedSite());
    const jar = new Map<string, string>();
    for (const recorded of requests) {
      const answer = await rawRequest(server.addr.port, recorded.method, recorded.path, sent(recorded, jar));
      for (const cookie of answer.cookies) keep(jar, cookie);

      assertEquals({ key: recorded.key, ...seen(answer) }, { key: recorded.key, ...expected(recorded, answer) });
      const { body } = DIFFERENCES[recorded.key] ?? {};
      if (body !== undefined) assertMatch(answer.body, body);
      else assertEquals(answer.body, recorded.body ?? "ab", recorded.key);
    }
  });
}

Deno.test("every difference from Django's scenarios is one of a scenario that there is", () => {
  const keys = recordedScenarios().map(({ key }) => key);
  assertEquals(Object.keys(DIFFERENCES).filter((key) => !keys.includes(key)), []);
  assertEquals(keys.length, 47);
});

/** As a server in front of the site would pass it on. */
function sent({ secure, headers }: Recorded, jar: ReadonlyMap<string, string>): Record<string, string> {
  const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const given = Object.entries(headers).map(([name, value]) => {
    return [name.toLowerCase(), name === "cookie" ? value.replace("sessionid=", "__Host-sessionid=") : value];
  });
  return {
    host: "testserver",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": secure ? "https" : "http",
    ...(cookies === "" ? {} : { cookie: cookies }),
    ...Object.fromEntries(given),
  };
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
  if (cookie.includes("; Max-Age=0;")) jar.delete(name!);
  else jar.set(name!, value!);
}

/** What is compared; the server's own `Date` and what it says of the connection are not. */
function seen({ status, headers, cookies }: RawAnswer) {
  const kept = [...headers].filter(([name]) => !["date", "connection", "transfer-encoding"].includes(name));
  const own = Object.fromEntries(kept);
  if (/^[0-9a-f-]{36}$/.test(own["x-request-id"] ?? "")) own["x-request-id"] = "ID";
  if (own.vary !== undefined) own.vary = own.vary.split(", ").sort().join(", ");
  return { status, headers: own, cookies: cookies.map(normal) };
}

function expected(recorded: Recorded, answer: RawAnswer) {
  const here = DIFFERENCES[recorded.key] ?? {};
  const cookies = here.cookies ?? recorded.cookies.map(ours);
  const headers: Record<string, string | undefined> = { ...Object.fromEntries(recorded.answered), ...ALWAYS };
  // What sets a cookie is nobody else's.
  if (cookies.length > 0) headers["cache-control"] = "private";
  Object.assign(headers, here.headers);
  if (headers["content-length"] === "BODY") {
    headers["content-length"] = String(new TextEncoder().encode(answer.body).length);
  }
  // Texts are compressed for who accepts that; a redirect has none, and a refused host doesn't get as far.
  const isPacked = headers["content-type"] !== undefined && !recorded.key.startsWith("badhost");
  const vary = [...headers.vary?.split(", ") ?? [], ...here.vary ?? [], ...isPacked ? ["Accept-Encoding"] : []];
  headers.vary = vary.length === 0 ? undefined : vary.sort().join(", ");
  const there = Object.entries(headers).filter(([, value]) => value !== undefined);
  return { status: here.status ?? recorded.status, headers: Object.fromEntries(there), cookies: cookies.map(normal) };
}

/** Django's cookie as ours are: bound to the host and to https, and as much HttpOnly when it goes as when it came. */
function ours(cookie: string): string {
  const guarded = cookie.includes("Max-Age=0") ? cookie.replace("GMT; Max-Age", "GMT; HttpOnly; Max-Age") : cookie;
  return `__Host-${guarded}; Secure`;
}

/** Without what is another each time: the id, the token, the signature, the date. */
function normal(cookie: string): string {
  return cookie.replace(/^(__Host-sessionid)=[\w-]{32,43};/, "$1=ID;").replace(
    /^(__Host-csrftoken)=\w{32};/,
    "$1=TOKEN;",
  )
    .replace(/^(__Host-messages=\w+):[\w-]+:[\w-]+;/, "$1:TIME:SIGNATURE;")
    .replace(/expires=[^;]*(?<! 1970 00:00:00 GMT);/, "expires=DATE;");
}
