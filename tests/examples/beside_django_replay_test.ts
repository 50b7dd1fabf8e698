/** The same requests, sent to both sides of `examples/beside_django`: for every path that both serve, the answers are held side by side. */

import { decodeObject } from "@nuages/web/cookies";
import { assertEquals } from "@std/assert";
import { MISSING, openObservatory } from "./_observatory.ts";

/** What a visitor does. */
interface Step {
  readonly method: "GET" | "HEAD" | "POST";
  readonly path: string;
  readonly form?: Record<string, string>;
  /** Sends the form without the token. */
  readonly withoutToken?: boolean;
}

/** An answer, without what is another one each time. */
interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[];
  readonly body: string;
}

const STEPS: readonly Step[] = [
  { method: "GET", path: "/cart/" },
  { method: "HEAD", path: "/cart/" },
  { method: "GET", path: "/account/" },
  { method: "GET", path: "/accounts/login/?next=/account/" },
  { method: "POST", path: "/cart/add/", form: { instrument: "barometer" } },
  { method: "GET", path: "/cart/" },
  { method: "GET", path: "/cart/" },
  { method: "POST", path: "/cart/add/", form: { instrument: "barometer" } },
  { method: "POST", path: "/cart/add/", form: { instrument: "rain-gauge" } },
  { method: "GET", path: "/cart/?page=2" },
  { method: "POST", path: "/cart/add/", form: { instrument: "astrolabe" } },
  { method: "POST", path: "/cart/add/", form: {} },
  { method: "POST", path: "/cart/add/", form: { instrument: "barometer" }, withoutToken: true },
  { method: "GET", path: "/cart/add/" },
  { method: "GET", path: "/cart/empty/" },
  { method: "GET", path: "/cart/nowhere/" },
  { method: "POST", path: "/accounts/login/", form: { username: "ada", password: "wrong" } },
  { method: "POST", path: "/accounts/login/", form: { username: "nobody", password: "wrong" } },
  {
    method: "POST",
    path: "/accounts/login/",
    form: { username: "ada", password: "plainly-a-demo", next: "/account/" },
  },
  { method: "GET", path: "/account/" },
  { method: "GET", path: "/cart/" },
  { method: "POST", path: "/cart/empty/" },
  { method: "GET", path: "/cart/" },
  { method: "GET", path: "/accounts/logout/" },
  { method: "POST", path: "/accounts/logout/", withoutToken: true },
  { method: "POST", path: "/accounts/logout/" },
  { method: "GET", path: "/cart/" },
  { method: "GET", path: "/account/" },
  {
    method: "POST",
    path: "/accounts/login/",
    form: { username: "ada", password: "plainly-a-demo", next: "//evil.example/" },
  },
  { method: "GET", path: "/accounts/login/?next=//evil.example/" },
  { method: "HEAD", path: "/accounts/login/" },
  { method: "HEAD", path: "/account/" },
  { method: "GET", path: "/account/?a=1&b=%C3%A9" },
  { method: "GET", path: "/account/nowhere" },
  { method: "POST", path: "/accounts/login/", form: {} },
  { method: "POST", path: "/accounts/logout/?next=/cart/" },
  { method: "GET", path: "/cart/" },
  { method: "GET", path: "/account/?a=1&b=%C3%A9" },
  {
    method: "POST",
    path: "/accounts/login/",
    form: { username: " luke ", password: "plainly-a-demo", next: "/account/?x=é y" },
  },
  { method: "POST", path: "/accounts/logout/", form: { next: "/account/" } },
  { method: "GET", path: "/cart/" },
  {
    method: "POST",
    path: "/accounts/login/",
    form: { username: "luke", password: "plainly-a-demo", next: "/cart/" },
  },
  { method: "POST", path: "/accounts/logout/?next=/cart/", form: { next: "//evil.example/" } },
];

Deno.test({
  name: `Beside Django: both sides answer the same${MISSING === undefined ? "" : ` (${MISSING})`}`,
  ignore: MISSING !== undefined,
  async fn() {
    await using observatory = await openObservatory();
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, observatory.nuages);
    const sides = [new Visitor(observatory.django), new Visitor(`http://127.0.0.1:${server.addr.port}`)] as const;
    for (const step of STEPS) {
      const [theirs, ours] = [await sides[0].take(step), await sides[1].take(step)];
      assertEquals(withoutKnown(ours), withoutKnown(theirs), JSON.stringify(step));
    }
  },
});

/** Somebody who keeps cookies and remembers the token of the last page. */
class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  #token = "";

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Does a step. */
  async take({ method, path, form, withoutToken = false }: Step): Promise<Answer> {
    const headers = {
      "Cookie": [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "Accept": "text/html",
      "Accept-Encoding": "identity",
    };
    const fields = withoutToken ? form ?? {} : { ...form, csrfmiddlewaretoken: this.#token };
    const body = method === "POST" ? new URLSearchParams(fields) : null;
    const response = await fetch(this.#origin + path, { method, headers, body, redirect: "manual" });
    const text = await response.text();
    this.#token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(text)?.[1] ?? this.#token;
    const cookies = response.headers.getSetCookie();
    for (const line of cookies) this.#keep(line);
    return {
      status: response.status,
      headers: headersOf(response),
      cookies: cookies.map(normalCookie).sort(),
      body: normalBody(text),
    };
  }

  #keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    if (/Max-Age=0/i.test(line)) this.#cookies.delete(name!);
    else this.#cookies.set(name!, value!);
  }
}

/** Headers that servers add by themselves. */
const OF_THE_SERVER = [
  "date",
  "server",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "set-cookie",
];

function headersOf({ headers }: Response): Record<string, string> {
  const found = [...headers].filter(([name]) => !OF_THE_SERVER.includes(name));
  return Object.fromEntries(found.map(([name, value]) => [name, name === "expires" ? "DATE" : value]).sort());
}

/**
 * What is another way here on purpose, and nothing else: `docs/differences-from-django.md` says why.
 *
 * - Pages that show a visitor's own say `Cache-Control: private`, which Django leaves to whoever thinks of it.
 * - A redirect has no body, and so no type of one.
 * - A cookie is deleted with the attributes that it was set with.
 * - The pages for errors are the library's own, or problem+json for who wants that, and say what they depended on (`Vary: Accept, Cookie`); `Allow` names OPTIONS,
 *   which Django's does for some views. What they say of caches is the error's business.
 */
function withoutKnown({ status, headers, cookies, body }: Answer): Answer {
  const isBare = status === 403 || status === 405;
  const { "cache-control": caching, "content-type": type, vary, allow, expires, ...others } = headers;
  const isPlain = caching === undefined || /^private(, no-cache)?$/.test(caching);
  return {
    status,
    headers: {
      ...others,
      ...(!isPlain && !isBare && { "cache-control": caching, expires }),
      ...(body !== "" && type !== undefined && !isBare && { "content-type": type }),
      ...(vary !== undefined && !isBare && { vary }),
      ...(allow !== undefined && { allow: allow.split(", ").filter((method) => method !== "OPTIONS").join() }),
    },
    cookies: cookies.map((line) => line.includes("Max-Age=0;") ? line.replace("HttpOnly; ", "") : line),
    body: isBare ? "" : body,
  };
}

/** Ids, tokens and signatures differ, and their forms must not; what is compressed may be so in another way. */
function normalCookie(line: string): string {
  return line.replace(/^sessionid=[a-z0-9]{32};/, "sessionid=ID;").replace(/^csrftoken=\w{32};/, "csrftoken=SECRET;")
    .replace(/^messages=([\w.-]+):\w+:[\w-]{43};/, (_line, text) => `messages=${JSON.stringify(decodeObject(text))};`)
    .replace(/expires=[^;]*(?<! 1970 00:00:00 GMT);/, "expires=DATE;");
}

function normalBody(text: string): string {
  return text.replace(/(name="csrfmiddlewaretoken" value=")\w{64}"/g, '$1TOKEN"')
    .replace(/This page comes from <b>\w+<\/b>/, "This page comes from <b>SIDE</b>")
    .replace(/\s+/g, " ").replace(/ ?(<[^>]*>) ?/g, "$1").trim();
}
