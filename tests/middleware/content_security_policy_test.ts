/** contentSecurityPolicy(): the policies, the nonce, what a view may say, where violations go. */

import {
  chain,
  contentSecurityPolicy,
  type ContentSecurityPolicyOptions,
  type Context,
  CSP,
  cspHash,
  cspOverride,
  type CspPolicy,
  cspReportOnlyOverride,
  type Handler,
  type HasCspNonce,
  HttpError,
  type Middleware,
  perView,
  pipeline,
  redirect,
  routes,
  security,
  STRICT_CSP,
  TemplateResponse,
  xFrameOptions,
} from "@nuages/web/middleware";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CspEvaluator } from "csp-evaluator/dist/evaluator.js";
import { CspParser } from "csp-evaluator/dist/parser.js";

type View = Handler<Context & HasCspNonce>;

const get = (path = "/") => new Request(`https://shop.example${path}`);
const site = (options: ContentSecurityPolicyOptions = {}, view: View = () => new Response("hello")) =>
  pipeline({ onEvent() {} }).use(contentSecurityPolicy(options)).handle(view);
const noncePage: View = (_request, context) => new Response(`<script nonce="${context.cspNonce}">`);
const policyOf = (response: Response) => response.headers.get("Content-Security-Policy");
const reportOnlyOf = (response: Response) => response.headers.get("Content-Security-Policy-Report-Only");
const sentFor = async (policy: CspPolicy, view?: View) => policyOf(await site({ policy }, view)(get()));

Deno.test("contentSecurityPolicy() sends a strict policy by default", async () => {
  assertEquals(
    policyOf(await site()(get())),
    "default-src 'self'; script-src 'none'; style-src 'self'; img-src 'self' data:; object-src 'none'; " +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
});

Deno.test("contentSecurityPolicy() puts the nonce into the policy of a page that asks for it", async () => {
  const response = await site({}, noncePage)(get());
  const nonce = /nonce="(.*)"/.exec(await response.text())![1]!;
  assertMatch(nonce, /^[A-Za-z0-9_-]{22}$/);
  assertStringIncludes(
    policyOf(response)!,
    `script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'nonce-${nonce}';`,
  );
});

Deno.test("contentSecurityPolicy() default policies have no finding in Google's CSP Evaluator", async () => {
  for (const view of [noncePage, () => new Response("plain")]) {
    const { csp } = new CspParser(policyOf(await site({}, view)(get()))!);
    assertEquals(new CspEvaluator(csp).evaluate(), []);
  }
  // The evaluator finds what is there to be found.
  const { csp } = new CspParser((await sentFor({ "script-src": [CSP.SELF, CSP.UNSAFE_INLINE] }))!);
  assertNotEquals(new CspEvaluator(csp).evaluate(), []);
});

Deno.test("contentSecurityPolicy() makes one nonce for a request, and another for the next", async () => {
  const app = site({}, (_request, context) => new Response(`${context.cspNonce} ${context.cspNonce}`));
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const [first, second] = (await (await app(get())).text()).split(" ");
    assertEquals(first, second);
    seen.add(first!);
  }
  assertEquals(seen.size, 100);
});

Deno.test("contentSecurityPolicy() never lets a page with a nonce be cached, whatever the view says", async () => {
  const cached = { headers: { "Cache-Control": "public, max-age=600" } };
  const app = site({}, (request, context) => {
    return new Response(request.url.endsWith("/nonce") ? context.cspNonce : "none", cached);
  });
  assertEquals((await app(get("/nonce"))).headers.get("Cache-Control"), "private, no-store");
  assertEquals((await app(get("/plain"))).headers.get("Cache-Control"), "public, max-age=600");
});

Deno.test("contentSecurityPolicy() gives templates the nonce, and makes none for a template that doesn't ask", async () => {
  const page = (template: (data: Record<string, unknown>) => string) => site({}, () => new TemplateResponse(template));
  const asking = await page(({ cspNonce }) => `<script nonce="${cspNonce}">`)(get());
  const [, nonce] = /nonce="(.{22})"/.exec(await asking.text())!;
  assertStringIncludes(policyOf(asking)!, `'nonce-${nonce}'`);
  const silent = await page(() => "hello")(get());
  assertFalse(policyOf(silent)!.includes("nonce"));
  assertFalse(silent.headers.has("Cache-Control"));
});

Deno.test("contentSecurityPolicy() sends its policies on errors and redirects too", async () => {
  const app = pipeline({ onEvent() {} }).use(contentSecurityPolicy({ policy: { "default-src": [CSP.NONE] } })).handle(
    routes({
      "/missing": () => {
        throw new HttpError(404);
      },
      "/broken": () => {
        throw new Error("broken");
      },
      "/redirect": () => redirect("/"),
      "/immutable": () => Response.redirect("https://shop.example/"),
    }),
  );
  for (const path of ["/missing", "/broken", "/redirect", "/immutable", "/nowhere"]) {
    assertEquals(policyOf(await app(get(path))), "default-src 'none'", path);
  }
});

Deno.test("contentSecurityPolicy() leaves a policy alone that is on the response already", async () => {
  const own = { "Content-Security-Policy": "default-src 'none'" };
  const app = site(
    { reportOnly: STRICT_CSP },
    (_request, context) => new Response(context.cspNonce, { headers: own }),
  );
  const response = await app(get());
  assertEquals(policyOf(response), "default-src 'none'");
  assertStringIncludes(reportOnlyOf(response)!, "default-src 'self'");
  assertEquals(response.headers.get("Cache-Control"), "private, no-store");
});

Deno.test("contentSecurityPolicy() can send one policy, the other, both or none", async () => {
  const strict = { "default-src": [CSP.SELF] };
  const sent = async (options: ContentSecurityPolicyOptions) => {
    const response = await site(options)(get());
    return [policyOf(response), reportOnlyOf(response)];
  };
  assertEquals(await sent({ policy: strict }), ["default-src 'self'", null]);
  assertEquals(await sent({ policy: {}, reportOnly: strict }), [null, "default-src 'self'"]);
  assertEquals(await sent({ policy: strict, reportOnly: { "img-src": CSP.NONE } }), [
    "default-src 'self'",
    "img-src 'none'",
  ]);
  assertEquals(await sent({ policy: {} }), [null, null]);
});

Deno.test("contentSecurityPolicy() writes directives in their order, as Django does", async () => {
  assertEquals(
    await sentFor({
      "default-src": [CSP.SELF],
      "script-src": [CSP.SELF, CSP.NONCE],
      "upgrade-insecure-requests": true,
      "img-src": ["b.example", "a.example", "b.example"],
      "frame-src": false,
      "sandbox": true,
      "report-uri": "/reports/",
    }, noncePage).then((policy) => policy!.replace(/nonce-.{22}/, "nonce-X")),
    "default-src 'self'; script-src 'self' 'nonce-X'; upgrade-insecure-requests; img-src b.example a.example; sandbox; " +
      "report-uri /reports/",
  );
  assertEquals(
    await sentFor({ "upgrade-insecure-requests": false, "sandbox": ["allow-scripts"] }),
    "sandbox allow-scripts",
  );
});

Deno.test("contentSecurityPolicy() allows nothing where only the nonce was allowed and nobody asked for it", async () => {
  assertEquals(
    await sentFor({ "default-src": [CSP.SELF], "script-src": [CSP.NONCE] }),
    "default-src 'self'; script-src 'none'",
    "without script-src the scripts of default-src would run",
  );
  const hash = cspHash("alert(1)");
  assertEquals(
    await sentFor({ "script-src": [CSP.NONCE, CSP.STRICT_DYNAMIC, hash] }),
    `script-src 'strict-dynamic' ${hash}`,
  );
});

Deno.test("contentSecurityPolicy() tells browsers where to report, for both policies", async () => {
  const response = await site({
    policy: { "default-src": [CSP.SELF] },
    reportOnly: { "default-src": [CSP.NONE], "report-to": "trial" },
    reportingEndpoints: { csp: "https://reports.example/csp?site=1", trial: "/trial/" },
  })(get());
  assertEquals(
    response.headers.get("Reporting-Endpoints"),
    'csp="https://reports.example/csp?site=1", trial="/trial/"',
  );
  assertEquals(
    policyOf(response),
    "default-src 'self'; report-uri https://reports.example/csp?site=1; report-to csp",
  );
  assertEquals(reportOnlyOf(response), "default-src 'none'; report-to trial");
  const none = await site({ policy: {}, reportingEndpoints: { csp: "/csp/" } })(get());
  assertFalse(none.headers.has("Reporting-Endpoints"), "nothing to report");
});

Deno.test("cspOverride() replaces a view's policy, and {} sends none", async () => {
  const app = pipeline({ onEvent() {} })
    .use(contentSecurityPolicy({ reportOnly: { "img-src": [CSP.NONE] } }))
    .handle(routes({
      "/": () => new Response("home"),
      "/map/": cspOverride({ "img-src": ["tiles.example"], "script-src": [CSP.NONCE] })(noncePage),
      "/legacy/": cspOverride({})(cspReportOnlyOverride({})(() => new Response("legacy"))),
      "/trial/": cspReportOnlyOverride({ "default-src": [CSP.SELF] })(() => new Response("trial")),
      "/broken/": cspOverride({})(() => {
        throw new HttpError(404);
      }),
    }));
  const sent = async (path: string) => {
    const response = await app(get(path));
    return [policyOf(response)?.replace(/nonce-.{22}/, "nonce-X"), reportOnlyOf(response)];
  };
  const strict = policyOf(await app(get("/")))!;
  assertEquals(await sent("/map/"), ["img-src tiles.example; script-src 'nonce-X'", "img-src 'none'"]);
  assertEquals(await sent("/legacy/"), [undefined, null]);
  assertEquals(await sent("/trial/"), [strict, "default-src 'self'"]);
  assertEquals(await sent("/broken/"), [strict, "img-src 'none'"], "an error page is the site's");
});

Deno.test("cspOverride() doesn't compile where there is no policy, and says so where nobody compiled", async () => {
  const view = cspOverride({})(() => new Response("hello"));
  // @ts-expect-error: put the middleware that adds "cspNonce" before
  const app = pipeline({ onEvent() {} }).handle(view);
  assertEquals((await app(get())).status, 500);
});

Deno.test("contentSecurityPolicy() around one view works as around all", async () => {
  const app = pipeline().handle(routes({
    "/nonce": perView(contentSecurityPolicy())((_request, context) => new Response(context.cspNonce)),
    "/template": perView(contentSecurityPolicy())(() =>
      new TemplateResponse(({ cspNonce }: Record<string, unknown>) => String(cspNonce))
    ),
    "/": () => new Response("home"),
  }));
  for (const path of ["/nonce", "/template"]) {
    const response = await app(get(path));
    assertStringIncludes(policyOf(response)!, `'nonce-${await response.text()}'`);
  }
  assertEquals(policyOf(await app(get("/"))), null);
});

Deno.test("two contentSecurityPolicy() share the nonce, and the inner one's policy stays", async () => {
  const app = pipeline().use(contentSecurityPolicy()).use<HasCspNonce>((next) => (request, context) => {
    const outer = context.cspNonce;
    return chain(next(request, context), (response) => {
      response.headers.set("X-Outer", outer);
      return response;
    });
  }).use(contentSecurityPolicy({ policy: { "script-src": [CSP.NONCE] } })).handle(noncePage);
  const response = await app(get());
  const nonce = response.headers.get("X-Outer");
  assertEquals(policyOf(response), `script-src 'nonce-${nonce}'`);
  assertEquals(await response.text(), `<script nonce="${nonce}">`);
});

Deno.test("contentSecurityPolicy() refuses a nonce for a page that streams already, where the first is asked for too late", async () => {
  let problem: unknown;
  const late = (early: boolean): View => (_request, context) => {
    if (early) void context.cspNonce;
    return new Response(
      new ReadableStream({
        pull(controller) {
          try {
            controller.enqueue(new TextEncoder().encode(context.cspNonce));
          } catch (error) {
            problem = error;
          }
          controller.close();
        },
      }, { highWaterMark: 0 }),
    );
  };
  const early = await site({}, late(true))(get());
  assertStringIncludes(policyOf(early)!, `'nonce-${await early.text()}'`);
  await (await site({}, late(false))(get())).text();
  assertInstanceOf(problem, TypeError);
  assertStringIncludes(problem.message, "before the page streams");
});

Deno.test("contentSecurityPolicy() refuses what would end a source, a directive or the header", () => {
  for (
    const source of ["a; script-src *", "a,b", "a b", "a\r\nSet-Cookie: b=c", "a\n", "", " ", "ä.example", "a\u2028"]
  ) {
    for (const policy of [{ "img-src": [source] }, { "img-src": source }, { "report-uri": [source] }]) {
      assertThrows(() => contentSecurityPolicy({ policy }), TypeError, "without spaces, commas and semicolons", source);
      assertThrows(() => contentSecurityPolicy({ reportOnly: policy }), TypeError, "without spaces");
      assertThrows(() => cspOverride(policy), TypeError, "Cannot create cspOverride");
    }
  }
});

Deno.test("contentSecurityPolicy() refuses what doesn't mean what it seems to", () => {
  const refused: [Record<string, unknown>, string][] = [
    [{ "script-scr": ["a"] }, 'no directive "script-scr"'],
    [{ scriptSrc: ["a"] }, 'write "script-src"'],
    [{ "script-src": ["self"] }, `single quotes, as CSP has them ("'self'")`],
    [{ "script-src": ["unsafe-inline"] }, "single quotes"],
    [{ "script-src": ["sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="] }, "single quotes"],
    [{ "script-src": ["'slef'"] }, "browsers don't know"],
    [{ "script-src": ["'self"] }, "stray single quote"],
    [{ "script-src": ["'nonce-r4nd0m'"] }, "always the same"],
    [{ "script-src": [CSP.NONE, CSP.SELF] }, "nothing ('none') and something"],
    [{ "script-src": [] }, "must name a source"],
    [{ "script-src": true }, "must be a source or a list"],
    [{ "script-src": [1] }, "one by one in a list"],
    [{ "upgrade-insecure-requests": "yes" }, "true or false"],
    [{ "report-to": ["a", "b"] }, "one name"],
  ];
  for (const [policy, message] of refused) assertThrows(() => contentSecurityPolicy({ policy }), TypeError, message);
  assertThrows(() => contentSecurityPolicy({ policy: [] as never }), TypeError, "must be an object");
  assertThrows(() => cspReportOnlyOverride(null as never), TypeError, "must be an object");
});

Deno.test("contentSecurityPolicy() refuses endpoints that browsers don't take, or that would end the header", () => {
  for (
    const address of [
      "http://reports.example/",
      "//reports.example/",
      "reports/",
      "javascript:alert(1)",
      "https://a/\r\nb",
      "https://a/;b",
      "https://a/,b",
      "/a#b",
      "/a'b",
      1,
    ]
  ) {
    assertThrows(
      () => contentSecurityPolicy({ reportingEndpoints: { csp: address as string } }),
      TypeError,
      "reportingEndpoints must be addresses",
      String(address),
    );
  }
  assertThrows(() => contentSecurityPolicy({ reportingEndpoints: { 'a"': "/a" } }), TypeError, "names of");
});

Deno.test("contentSecurityPolicy() lets the debug page keep its own style, and nothing else", async () => {
  const app = pipeline({ debug: true, onEvent() {} }).use(contentSecurityPolicy()).handle(() => {
    throw new Error("broken");
  });
  const response = await app(get());
  const style = /<style>(.*)<\/style>/s.exec(await response.text())![1]!;
  assertStringIncludes(policyOf(response)!, `default-src 'none'; style-src ${cspHash(style)};`);
});

Deno.test("contentSecurityPolicy() stays synchronous where nothing is awaited, and doesn't touch a stream", async () => {
  assertInstanceOf(site()(get()), Response);
  let made = 0;
  const response = await site({}, () =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          controller.enqueue(new Uint8Array([made++]));
        },
      }, { highWaterMark: 0 }),
    ))(get());
  assertEquals(made, 0);
  await response.body!.cancel();
});

Deno.test("contentSecurityPolicy() must stand before who reads the nonce: the compiler says so", () => {
  const widget: Middleware<HasCspNonce> = (next) => (request, context) => next(request, context);
  pipeline().use(contentSecurityPolicy()).use(widget);
  // @ts-expect-error: put the middleware that adds "cspNonce" before this one
  pipeline().use(widget).use(contentSecurityPolicy());
});

Deno.test("xFrameOptions() says for a view who may show it in a frame, in both headers", async () => {
  const view = () => new Response("hello");
  const app = pipeline({ onEvent() {} }).use(security()).use(contentSecurityPolicy()).handle(routes({
    "/": view,
    "/deny": xFrameOptions("DENY")(view),
    "/same": xFrameOptions("SAMEORIGIN")(view),
    "/any": xFrameOptions(false)(view),
    "/nested": xFrameOptions("DENY")(xFrameOptions("SAMEORIGIN")(view)),
    "/own": xFrameOptions("SAMEORIGIN")(() => new Response("hello", { headers: { "X-Frame-Options": "DENY" } })),
    "/broken": xFrameOptions(false)(() => {
      throw new Error("broken");
    }),
  }));
  const sent = async (path: string) => {
    const response = await app(get(path));
    return [response.headers.get("X-Frame-Options"), /frame-ancestors ([^;]+)/.exec(policyOf(response)!)?.[1]];
  };
  assertEquals(await sent("/"), ["DENY", "'none'"]);
  assertEquals(await sent("/deny"), ["DENY", "'none'"]);
  assertEquals(await sent("/same"), ["SAMEORIGIN", "'self'"]);
  assertEquals(await sent("/any"), [null, undefined]);
  assertEquals(await sent("/nested"), ["SAMEORIGIN", "'self'"]);
  assertEquals((await sent("/own"))[0], "DENY");
  assertEquals(await sent("/broken"), ["DENY", "'none'"]);
});

Deno.test("xFrameOptions() works without security(), for one view of a site that sends nothing", async () => {
  const app = pipeline().handle(xFrameOptions("DENY")(() => new Response("hello")));
  assertEquals((await app(get())).headers.get("X-Frame-Options"), "DENY");
  for (const option of ["deny", "ALLOW-FROM https://a.example", true, undefined]) {
    assertThrows(() => xFrameOptions(option as never), TypeError, '"DENY", "SAMEORIGIN" or false');
  }
});

Deno.test("cspHash() is what browsers compute", () => {
  assertEquals(cspHash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
  assert(cspHash("ä") !== cspHash("a"));
});
