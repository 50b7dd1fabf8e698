/** A table of routes finds what trying its URLPatterns one by one finds, on addresses as a server hands them over. */

import { type Context, type Handler, HttpError, pipeline, routes } from "@nuages/web/middleware";
import { assert, assertEquals } from "@std/assert";

/** What a look-up comes to: the key of the view and its parameters in order, or the status with `Allow`. */
type Outcome = readonly unknown[];

type Random = (below: number) => number;

/** A table, and the same by the book: literal paths first, then each pattern in the table's order. */
class Rivals {
  readonly #keys = new Map<Handler, string>();
  readonly #literals = new Map<string, Map<string, string>>();
  readonly #patterns = new Map<string, { pattern: URLPattern; methods: Map<string, string> }>();
  readonly table: ReturnType<typeof routes>;

  constructor(keys: readonly string[]) {
    const views: Record<string, Handler> = {};
    for (const key of keys) {
      const view = views[key] = () => new Response();
      this.#keys.set(view, key);
      const [, method = "", path = ""] = /^(?:([A-Z]+) )?(.*)$/.exec(key) ?? [];
      if (/[:*{}()?+\\]/.test(path)) {
        const pattern = new URLPattern({ pathname: canonical(path) });
        const { methods } = this.#patterns.get(pattern.pathname) ?? { methods: new Map() };
        this.#patterns.set(pattern.pathname, { pattern, methods: methods.set(method, key) });
      } else {
        const literal = canonical(new URL(`http://localhost${path}`).pathname);
        this.#literals.set(literal, (this.#literals.get(literal) ?? new Map()).set(method, key));
      }
    }
    this.table = routes(views);
  }

  found(request: Request, context: Context): Outcome {
    return outcome(() => {
      const { view, params } = this.table.resolve(request, context);
      const key = this.#keys.get(view);
      if (key !== undefined) assertEquals(Object.getPrototypeOf(params), null);
      return key === undefined ? ["options"] : [key, ...Object.entries(params)];
    });
  }

  expected(request: Request, context: Context): Outcome {
    return outcome(() => {
      const allowed = new Set<string>();
      for (const { methods, groups } of this.#entries(context.url.pathname)) {
        const key = pick(methods, request.method);
        if (key !== undefined) return [key, ...Object.entries(groups).map(([name, part]) => [name, decode(part)])];
        for (const method of methods.keys()) allowed.add(method);
      }
      if (allowed.size === 0) return [404, null];
      if (request.method === "OPTIONS") return ["options"];
      if (allowed.has("GET")) allowed.add("HEAD");
      return [405, [...allowed.add("OPTIONS")].sort().join(", ")];
    });
  }

  expectedMatch(path: string, method: string): boolean {
    return this.#entries(path).some(({ methods }) => pick(methods, method) !== undefined);
  }

  *#entries(asked: string): Generator<{ methods: Map<string, string>; groups: Record<string, string | undefined> }> {
    const path = canonical(asked);
    const literal = this.#literals.get(path);
    if (literal !== undefined) yield { methods: literal, groups: {} };
    for (const { pattern, methods } of this.#patterns.values()) {
      const match = pattern.exec({ pathname: path });
      if (match !== null) yield { methods, groups: match.pathname.groups };
    }
  }
}

function pick(methods: Map<string, string>, method: string): string | undefined {
  return methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined) ?? methods.get("");
}

function canonical(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => encoded.toUpperCase());
}

function decode(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    throw new HttpError(400);
  }
}

function outcome(look: () => Outcome): Outcome {
  try {
    return look();
  } catch (error) {
    if (error instanceof HttpError) return [error.status, error.headers.get("Allow")];
    throw error;
  }
}

// deno-fmt-ignore
const TEXTS = ["", "a", "b", "ab", "abc", "books", "book", "boo", "bo.oks", "é", "caf%c3%a9", "a%2Fb", "x-y", "A", ".a", "..a", "1", "[a]", "a|b", "~", "__proto__", "a;b", "a@b", "a=1&b", "^", "'", "!"];
// deno-fmt-ignore
const SPECIALS = [":n", ":n", ":n", ":n", ":n?", ":n?", "*", ":n+", ":n*", ":n(\\d+)", ":n.:m", "a:n", "{a}?", "{:n}", "\\:a", "(.*)", ":n(a|b)?", "*?", ":é?"];
const METHODS = ["GET", "POST", "HEAD", "DELETE", "OPTIONS", ""];
// deno-fmt-ignore
const ASKED = [...TEXTS, "a", "b", "books", "7", "12", "a.b", "%C3%A9", "%c3%a9", "%zz", "%", "%E9", "%2e", "%2E%2e", ".", "..", "...", "%2e.", ".%2", "a b", "a\tb", "\\", "a\\b", "<", "`", '"', "{a}", "\u00e9", ":a", "aa", "%2fa", "%00", "a+b", "%41", "*"];
// deno-fmt-ignore
const ENDS = ["", "", "", "", "?", "?a=/b", "?x#y", "#z", "#/a?", " ", "/?/.."];
// deno-fmt-ignore
const HOSTS = ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8080", "shop.example.com", "example.com:65535", "example.com:65536", "EXAMPLE.com", "a_b.example", "a..b", "-a.b-", "ab--c.de", "xn--a", "xn--caf-dma.example", "a.xn--zz", "1.2.3.4", "1.2.3", "1.2.3.4.5", "0x7f.1", "a.0x1", "a.1", "a.b1", "[::1]", "[::1]:80", "[::g]", "a/b", "a/b?", "a/..", "a?b", "a#b", "a\\b", "a@b", "a:b@c", "a:", "a:x", "a:123456", "", ".", "a.", " a", "a b", "a\t", "%61", "caf\u00e9.example", "a,b"];
const SCHEMES = [
  "http://",
  "http://",
  "http://",
  "https://",
  "HTTP://",
  "http+unix://",
  "ftp://",
  "http:/",
  "http:///",
];

const oneOf = <T>(random: Random, from: readonly T[]): T => from[random(from.length)]!;

function randomPath(random: Random, segments: readonly string[]): string {
  return `/${Array.from({ length: 1 + random(4) }, () => oneOf(random, segments)).join("/")}`;
}

/** As many keys as fit together; names are numbered, since a pattern has each only once. */
function randomTable(random: Random): Rivals {
  const keys: string[] = [];
  // Most tables have no more than texts and names.
  const segments = random(2) === 0
    ? [...TEXTS, ...SPECIALS, ...SPECIALS]
    : ["", "a", "b", "books", "boo", "1", ":n", ":n", ":n?", "*"];
  for (let tries = 0; tries < 14; tries++) {
    const method = oneOf(random, METHODS);
    let names = 0;
    const path = randomPath(random, segments).replaceAll(/:[nm]/g, (name) => `${name}${names++}`);
    const key = method === "" ? path : `${method} ${path}`;
    try {
      routes(Object.fromEntries([...keys, key].map((key) => [key, () => new Response()])));
      keys.push(key);
    } catch (error) {
      assert(error instanceof TypeError);
    }
  }
  return new Rivals(keys);
}

/** A request with an address as it came in: no parser has seen it. */
function rawRequest(url: string, method: string, headers: Record<string, string>): Request {
  const request = new Request("http://localhost/", { headers, method });
  return Object.defineProperty(request, "url", { value: url });
}

/** Looks an address up both ways, in a pipeline's context: before somebody has asked for `context.url`, and after that. */
async function compare(rivals: Rivals, app: ReturnType<typeof pipeline>, request: Request): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await app.handle((request, context) => {
    for (const ask of ["found", "expected", "found"] as const) outcomes.push(rivals[ask](request, context));
    return new Response();
  })(request);
  const [found, expected, again] = outcomes;
  assertEquals([found, again], [expected, expected], `${request.method} ${JSON.stringify(request.url)}`);
  return expected!;
}

Deno.test("routes() finds what URLPatterns tried one by one find", async () => {
  const random = seeded(20_260_814);
  const counts = new Map<unknown, number>();
  const app = pipeline();
  for (let round = 0; round < 80; round++) {
    const rivals = randomTable(random);
    for (let lookUp = 0; lookUp < 300; lookUp++) {
      const path = randomPath(random, random(3) === 0 ? ASKED : ["a", "b", "books", "boo", "1", "", "7"]);
      const request = rawRequest(`http://localhost${path}${oneOf(random, ENDS)}`, oneOf(random, METHODS) || "GET", {});
      const [kind] = await compare(rivals, app, request);
      const sort = typeof kind === "string" && kind.includes(":")
        ? "pattern"
        : typeof kind === "string"
        ? "text"
        : kind;
      counts.set(sort, (counts.get(sort) ?? 0) + 1);
    }
  }
  // Chance has come by everywhere.
  for (const sort of ["pattern", "text", 400, 404, 405]) {
    assert((counts.get(sort) ?? 0) >= 20, `${sort}: ${counts.get(sort)}`);
  }
});

Deno.test("routes() looks at hosts as context.url does, with and without a proxy", async () => {
  const random = seeded(7_118);
  const rivals = new Rivals(["/*", "/a", "/b/:id/", "POST /a/b"]);
  const direct = pipeline();
  const behindProxy = pipeline({ proxies: { trust: ["127.0.0.1"], host: true } });
  let refused = 0;
  for (let lookUp = 0; lookUp < 6_000; lookUp++) {
    const host = oneOf(random, HOSTS);
    const path = randomPath(random, random(2) === 0 ? ASKED : ["a", "b", "7", ""]);
    const headers: Record<string, string> = {};
    // A header's value has no blanks around it, and no characters beyond a byte.
    if (random(3) > 0) headers["Host"] = (random(2) === 0 ? host : oneOf(random, HOSTS)).trim();
    if (random(3) === 0) headers["X-Forwarded-Host"] = oneOf(random, HOSTS).trim();
    if (random(3) === 0) headers["X-Forwarded-Proto"] = oneOf(random, ["http", "https", "wss", "x"]);
    const request = rawRequest(`${oneOf(random, SCHEMES)}${host}${path}`, "GET", headers);
    const [status] = await compare(rivals, random(2) === 0 ? direct : behindProxy, request);
    if (status === 400) refused++;
  }
  assert(refused > 1_000 && refused < 5_000, String(refused));
});

Deno.test("matches() says what URLPatterns tried one by one say, of anything", () => {
  const random = seeded(99);
  for (let round = 0; round < 25; round++) {
    const rivals = randomTable(random);
    for (let lookUp = 0; lookUp < 100; lookUp++) {
      const path = `${randomPath(random, ASKED)}${oneOf(random, ENDS)}`.slice(random(8) === 0 ? 1 : 0);
      const method = oneOf(random, METHODS) || "GET";
      assertEquals(rivals.table.matches(path, method), rivals.expectedMatch(path, method), `${method} ${path}`);
    }
  }
});

/** The same numbers every time (a linear congruence), so that what fails can be looked at again. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}
