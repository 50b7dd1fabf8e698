/** What Django makes of our passwords and sessions, and we of its. */

import { authentication, MemoryUsers, Passwords, sessionAuthHashes } from "@nuages/web/auth";
import { KeyRing } from "@nuages/web/cookies";
import { pipeline, routes } from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import vectors from "../vectors/django-passwords.json" with { type: "json" };
import { DJANGO_PYTHON, NO_DJANGO, startDjango } from "./_django.ts";
import { KEY } from "./_site.ts";

Deno.test("sessionAuthHashes() gives what Django's get_session_auth_hash() gives, for the fallback keys too", () => {
  const keys = new KeyRing([vectors.secret, vectors.fallback]);
  for (const { password, hash, fallback } of vectors.hashes) {
    assertEquals(sessionAuthHashes(keys, password), [hash, fallback]);
  }
});

if (DJANGO_PYTHON === undefined) {
  Deno.test({ name: `Django: passwords and sessions both ways (${NO_DJANGO})`, ignore: true, fn: () => {} });
} else {
  Deno.test("Django: passwords that either has made are checked by the other", async () => {
    await using django = await startDjango(KEY);
    const random = randomTexts(20_260_601);
    for (let i = 0; i < 150; i++) {
      const [password, salt] = [random(40), random(20).replaceAll("$", "") || "s"];
      const cost = { n: 2 ** (1 + i % 8), r: 1 + i % 5, p: 1 + i % 3 };
      const iterations = 1 + i * 7;
      const ours = i % 2 === 0
        ? new Passwords({ iterations })
        : new Passwords({ algorithm: "scrypt", workFactor: cost.n, blockSize: cost.r, parallelism: cost.p });
      const made = await ours.hash(password);
      assertEquals(await django.ask({ do: "check", password, encoded: made }), true, made);
      // A wrong one takes Django a quarter of a second each time.
      if (i % 20 === 0) {
        assertEquals(await django.ask({ do: "check", password: `${password}x`, encoded: made }), false, made);
      }
      const [algorithm, more] = i % 3 === 0
        ? ["scrypt", cost]
        : [i % 3 === 1 ? "pbkdf2_sha1" : "pbkdf2_sha256", { iterations }];
      const encoded = await django.ask({ do: "encode", algorithm, password, salt, cost: more });
      assertEquals((await ours.verify(password, encoded)).ok, true, encoded);
      assertEquals((await ours.verify(`${password}x`, encoded)).ok, false, encoded);
    }
  });

  Deno.test("Django: who has signed in on either side is signed in on the other, until the password changes", async () => {
    const older = "an older key for tests only, never for visitors";
    await using django = await startDjango(KEY, [older]);
    const [password, changed] = ["pbkdf2_sha256$1$salt$x", "pbkdf2_sha256$1$salt$y"];
    const users = new MemoryUsers([{ user: { id: "1", name: "ada" }, password }]);
    const siteWith = (key: string) => {
      const app = pipeline({ keys: [key] })
        .use(sessions({ store: new MemoryStore() })).use(authentication({ users })).handle(routes({
          "POST /login/": async (_request, context) => {
            await context.login({ id: "1", name: "ada" });
            return Response.json(Object.fromEntries((await context.session()).entries()));
          },
          "POST /session/": async (request, context) => {
            (await context.session()).assign(await request.json());
            return new Response();
          },
          "GET /": async (_request, context) => new Response((await context.user())?.name ?? ""),
        }));
      return new TestBrowser(app);
    };

    const ours = await (await siteWith(KEY).post("/login/")).json();
    assertEquals(await django.ask({ do: "user", session: ours, password }), "ada");
    assertEquals(await django.ask({ do: "user", session: ours, password: changed }), "");
    const fallback = await (await siteWith(older).post("/login/")).json();
    assertEquals(await django.ask({ do: "user", session: fallback, password }), "ada");

    const browser = siteWith(KEY);
    const theirs = await django.ask({ do: "login", password });
    assertEquals(theirs, ours);
    await browser.post("/session/", JSON.stringify(theirs));
    assertEquals(await browser.text("/"), "ada");
    users.put({ user: { id: "1", name: "ada" }, password: changed });
    assertEquals(await browser.text("/"), "");
  });
}

/** Well-formed texts of all kinds of characters, the same ones for the same seed. */
function randomTexts(seed: number): (longest: number) => string {
  const next = () => (seed = seed * 1_103_515_245 + 12_345 & 0x7fffffff) / 0x7fffffff;
  const ranges = [[32, 126], [0x80, 0x7ff], [0x4e00, 0x4fff], [0x1f300, 0x1f5ff]] as const;
  return (longest) =>
    Array.from({ length: Math.floor(next() * longest) }, () => {
      const [from, to] = ranges[Math.floor(next() * ranges.length * 0.999)]!;
      return String.fromCodePoint(from + Math.floor(next() * (to - from)));
    }).join("");
}
