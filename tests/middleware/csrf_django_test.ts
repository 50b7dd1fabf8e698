/** What Django 6.2 answered to 33 requests, and what csrf() answers to the same. See tests/vectors/. */

import { type AppEvent, csrf, pipeline, routes } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse } from "@std/assert";
import vectors from "../vectors/django-csrf-cases.json" with { type: "json" };

type Case = (typeof vectors.cases)[number];

/** Sends a case to a site with the settings of the vectors, and gives what Django's record gives of it. */
async function answer({ method, path, cookie, form_token: token, secure, host, headers }: Case) {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use(csrf({
      trustedOrigins: vectors.settings.CSRF_TRUSTED_ORIGINS,
      cookie: { name: "csrftoken", secure: false },
    }))
    .handle(routes({ "/": () => new Response("OK"), "/t": (_request, context) => new Response(context.csrfToken()) }));
  const request = new Request(`${secure ? "https" : "http"}://${host ?? vectors.settings.host_default}${path}`, {
    method,
    headers: headers as Record<string, string>,
    ...(method === "get" || token === null ? {} : { body: new URLSearchParams({ csrfmiddlewaretoken: token }) }),
  });
  if (cookie !== null) request.headers.set("Cookie", `csrftoken=${cookie}`);
  const response = await app(request);
  const text = await response.text();
  return {
    status: response.status,
    body: response.status === 403 ? events[0]?.data?.reason : text,
    setsCookie: response.headers.getSetCookie().some((line) => line.startsWith("csrftoken=")),
    vary: response.headers.get("Vary") ?? "",
    events: events.map(({ name }) => name),
  };
}

/** The two cases where we are meant to differ, each with a test of its own below. */
const DIFFERENT = ["sec-fetch-site cross-site is ignored", "bad cookie GET no token use"];

Deno.test("csrf() gives Django's status and reason for each of Django's cases", async (t) => {
  const alike = vectors.cases.filter(({ label }) => !DIFFERENT.includes(label));
  assertEquals(alike.length, 31);
  for (const each of alike) {
    await t.step(each.label, async () => {
      const given = await answer(each);
      assertEquals(given.status, each.status);
      if (each.body === "<token>") assertEquals(String(given.body).length, 64);
      else assertEquals(given.body, each.body);
      assertEquals(given.setsCookie, each.sets_csrf_cookie);
      assertEquals(given.events, each.status === 403 ? ["csrf.rejected"] : []);
      // Whoever reads a cookie says so; Django only says it where it sets one.
      if (each.vary !== "") assert(given.vary.includes(each.vary));
    });
  }
});

Deno.test("csrf() refuses what the browser says comes from another site, which Django ignores", async () => {
  const each = vectors.cases.find(({ label }) => label === DIFFERENT[0])!;
  const given = await answer(each);
  assertEquals([each.status, given.status], [200, 403]);
  assertEquals(given.body, "Sec-Fetch-Site checking failed - cross-site, no Origin.");
});

Deno.test("csrf() leaves a malformed cookie alone on a page without a token, as it doesn't read it; Django replaces it", async () => {
  const each = vectors.cases.find(({ label }) => label === DIFFERENT[1])!;
  const given = await answer(each);
  assertEquals([given.status, given.body], [200, "OK"]);
  assert(each.sets_csrf_cookie);
  assertFalse(given.setsCookie);
  assertEquals(given.vary, "", "what isn't touched costs nothing, in shared caches too");
});

Deno.test("csrf() replaces a malformed cookie on a page with a token", async () => {
  const each = vectors.cases.find(({ label }) => label === DIFFERENT[1])!;
  const given = await answer({ ...each, path: "/t" });
  assert(given.setsCookie);
  assertEquals(given.vary, "Cookie");
});
