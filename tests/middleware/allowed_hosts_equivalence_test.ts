/** allowedHosts() reads most hosts without parsing the address: it decides as if it had parsed it, whatever stands there. */

import { allowedHosts, extend, type Middleware, pipeline, type PipelineOptions } from "@nuages/web/middleware";
import { assert, assertEquals } from "@std/assert";

// deno-fmt-ignore
const HOSTS = ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8080", "shop.example.com", "SHOP.example.com", "shop.example.com.", "example.com:65535", "example.com:65536", "a_b.example.com", "a..b", "-a.example.com", "xn--a", "xn--caf-dma.example", "1.2.3.4", "0x7f.1", "127.1", "a.0x1", "a.1", "[::1]", "[::1]:80", "[::g]", "example.com/b", "example.com/b?", "example.com/..", "example.com?b", "example.com#b", "example.com\\b", "example.com@evil.example", "evil.example@example.com", "a:b@example.com", "example.com:", "example.com:x", "", ".", ".example.com", " example.com", "example.com b", "%65xample.com", "caf\u00e9.example", "example.com,evil.example", "evil.example", "evilexample.com"];
const SCHEMES = ["http://", "https://", "HTTP://", "http+unix://", "ftp://", "http:/", "http:///"];
const ALLOWED = [".example.com", "localhost", "127.0.0.1", "[::1]", "caf\u00e9.example"];

/** Another address on the context has to be asked for, and here it is the same. */
const parses: Middleware = (next) =>
  function parses(request, context) {
    let url: URL | undefined;
    let failure: unknown;
    try {
      ({ url } = context);
    } catch (error) {
      failure = error;
    }
    return next(
      request,
      extend(context, {
        get url(): URL {
          if (url === undefined) throw failure;
          return url;
        },
      }),
    );
  };

/** A request as the server may hand it over: no parser has looked at its address. */
function rawRequest(url: string, headers: Record<string, string>): Request {
  return Object.defineProperty(new Request("http://localhost/", { headers }), "url", { value: url });
}

async function compare(
  options: PipelineOptions,
  requests: Iterable<Request>,
): Promise<{ allowed: number; refused: number }> {
  const quick = pipeline({ onEvent() {}, ...options }).use(allowedHosts(ALLOWED)).handle(() => new Response());
  const thorough = pipeline({ onEvent() {}, ...options }).use(parses).use(allowedHosts(ALLOWED)).handle(() =>
    new Response()
  );
  const counts = { allowed: 0, refused: 0 };
  for (const request of requests) {
    const { status } = await quick(request);
    const heads = JSON.stringify([...request.headers]);
    assertEquals(status, (await thorough(request)).status, `${JSON.stringify(request.url)} ${heads}`);
    counts[status === 200 ? "allowed" : "refused"]++;
  }
  return counts;
}

/** What can stand in a header. */
const NAMED = HOSTS.map((host) => host.trim()).filter((host) => /^[\x20-\xff]*$/.test(host));

Deno.test("allowedHosts() decides by the address and the Host header as if it had parsed them", async () => {
  function* requests() {
    for (const host of HOSTS) {
      for (const scheme of SCHEMES) {
        for (const named of [undefined, ...NAMED]) {
          yield rawRequest(`${scheme}${host}/path`, named === undefined ? {} : { Host: named });
        }
      }
    }
  }
  const { allowed, refused } = await compare({}, requests());
  assert(allowed > 500 && refused > 500, `${allowed} ${refused}`);
});

Deno.test("allowedHosts() decides by the host a trusted proxy names as if it had parsed it", async () => {
  function* requests() {
    for (const host of ["example.com", "evil.example", "example.com/b"]) {
      for (const forwarded of NAMED) {
        for (const named of ["example.com", "evil.example", "a/b"]) {
          yield rawRequest(`http://${host}/`, {
            Host: named,
            "X-Forwarded-Host": forwarded,
            "X-Forwarded-Proto": "https",
          });
        }
      }
    }
  }
  const { allowed, refused } = await compare({ proxies: { trust: ["127.0.0.1"], host: true } }, requests());
  assert(allowed > 20 && refused > 100, `${allowed} ${refused}`);
});
