/** What Django makes of our passwords and sessions, and we of its. */

import { authentication, MemoryUsers, Passwords, sessionAuthHashes } from "@nuages/web/auth";
import { KeyRing } from "@nuages/web/cookies";
import { pipeline, routes } from "@nuages/web/middleware";
import { DjangoCookieStore, MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import vectors from "../vectors/django-passwords.json" with { type: "json" };
import { agree } from "./_agreement.ts";
import { djangoTest, KEY, OLDER_KEY } from "./_django.ts";
import { CONTROLS, PRINTABLE, type Random } from "./_random.ts";

Deno.test("sessionAuthHashes() gives what Django's get_session_auth_hash() gives, for the fallback keys too", () => {
  const keys = new KeyRing([vectors.secret, vectors.fallback]);
  for (const { password, hash, fallback } of vectors.hashes) {
    assertEquals(sessionAuthHashes(keys, password), [hash, fallback]);
  }
});

/** A password, and how it is to be made into what is stored. */
interface Made {
  readonly password: string;
  readonly salt: string;
  readonly algorithm: "pbkdf2_sha256" | "pbkdf2_sha1" | "scrypt";
  readonly cost: Readonly<Record<string, number>>;
}

djangoTest("passwords", {
  "what our hash() makes, Django's check_password() takes": (django) =>
    agree({
      count: 800,
      make: makePassword,
      async ask(inputs) {
        const items = await inTurns(inputs, async ({ password, algorithm, cost }) => {
          return { password, encoded: await hasherOf(algorithm, cost).hash(password) };
        });
        const right = await django.all("verify_password", items);
        const wrong = await django.all(
          "verify_password",
          items.map((item) => ({ ...item, password: `${item.password}x` })),
        );
        return inputs.map((_, i) => [right[i]!.value, wrong[i]!.value]);
      },
      check: (_input, verdicts) => assertEquals(verdicts, [true, false]),
    }),

  "what Django makes, our verify() takes": (django) =>
    agree({
      count: 1000,
      make: makePassword,
      async ask(inputs) {
        const made = await django.all<string>("encode_password", inputs);
        return await inTurns(inputs, async ({ password, algorithm, cost }, i) => {
          const encoded = made[i]!.value!;
          const hasher = hasherOf(algorithm, cost);
          const [right, wrong] = [await hasher.verify(password, encoded), await hasher.verify(`${password}x`, encoded)];
          return [encoded, right.ok, wrong.ok, right.problem];
        });
      },
      check: (_input, [encoded, ...verdicts]) => assertEquals(verdicts, [true, false, undefined], String(encoded)),
    }),

  "what was damaged fits no password on either side": (django) =>
    agree({
      count: 600,
      make(random) {
        const { algorithm, cost } = makePassword(random);
        const stored = algorithm === "scrypt"
          ? `scrypt$${cost.n}$salt$${cost.r}$${cost.p}$${STORED}`
          : `${algorithm}$${cost.iterations}$salt$${STORED.slice(0, 43)}=`;
        return { password: "p", encoded: random.damaged(stored) };
      },
      async ask(inputs) {
        const theirs = await django.all<boolean>("verify_password", inputs);
        const ours = await inTurns(inputs, ({ password, encoded }) => QUICK.verify(password, encoded));
        // To Django some of what it can't read is an exception.
        return inputs.map((_, i) => [ours[i]!.ok, theirs[i]!.value ?? false] as const);
      },
      check: (_input, [ours, theirs]) => assertEquals([ours, theirs], [false, false]),
    }),

  "as many rounds as are usual": async (django) => {
    for (const algorithm of ["pbkdf2_sha256", "scrypt"] as const) {
      const password = "correct horse 🐎 battery staple";
      const hasher = new Passwords({ algorithm });
      const [ours, theirs] = [await hasher.hash(password), await django.one("make_password", { password, algorithm })];
      assertEquals(ours.split("$").slice(0, -1).map(withoutSalt), theirs.split("$").slice(0, -1).map(withoutSalt));
      assertEquals(await django.one("check_password", { password, encoded: ours }), true);
      assertEquals(await hasher.verify(password, theirs), { ok: true, outdated: false });
    }
  },

  "where we differ: a lone surrogate fits no password, and is an exception to Django": async (django) => {
    const encoded = await QUICK.hash("\ufffd");
    const [answer] = await django.all("check_password", [{ password: "\ud800", encoded }]);
    assertEquals(answer!.error, "UnicodeEncodeError");
    assertEquals((await QUICK.verify("\ud800", encoded)).ok, false);
  },

  "where we differ: more than 4096 bytes fit no password, and Django takes them": async (django) => {
    const password = "p".repeat(4097);
    const encoded = await django.one("encode_password", { ...CHEAP, password });
    assertEquals(await django.one("verify_password", { password, encoded }), true);
    assertEquals((await QUICK.verify(password, encoded)).ok, false);
    const longest = await django.one("encode_password", { ...CHEAP, password: password.slice(1) });
    assertEquals((await QUICK.verify(password.slice(1), longest)).ok, true);
  },
});

djangoTest("sessions of who has signed in", {
  "sessionAuthHashes() are get_session_auth_hash() and those of the fallback keys": (django) =>
    agree({
      count: 2000,
      make: (random) => ({ password: random.text(80) }),
      ask: (inputs) => django.all<string[]>("auth_hashes", inputs),
      check: ({ password }, { value }) => assertEquals(sessionAuthHashes(KEYS, password), value),
    }),

  "who has signed in on either side is signed in on the other, until the password changes": async (django) => {
    const [password, changed] = ["pbkdf2_sha256$1$salt$x", "pbkdf2_sha256$1$salt$y"];
    const users = new MemoryUsers([{ user: { id: "1", name: "ada" }, password }]);
    const named = (session: unknown, stored = password) => django.one("user", { session, password: stored });

    const ours = await (await siteOf(users, KEY).post("/login/")).json();
    assertEquals(await named(ours), "ada");
    assertEquals(await named(ours, changed), "");
    assertEquals(await named(await (await siteOf(users, OLDER_KEY).post("/login/")).json()), "ada");

    const browser = siteOf(users, KEY);
    const theirs = await django.one("login", { password });
    assertEquals(theirs, ours);
    await browser.post("/session/", JSON.stringify(theirs));
    assertEquals(await browser.text("/"), "ada");
    users.put({ user: { id: "1", name: "ada" }, password: changed });
    assertEquals(await browser.text("/"), "");
  },

  "the same with the session in the cookie: what either sets, the other takes for the visitor's": async (django) => {
    const password = "pbkdf2_sha256$1$salt$x";
    const users = new MemoryUsers([{ user: { id: "1", name: "ada" }, password }]);
    const browser = siteOf(users, KEY, new DjangoCookieStore());
    await browser.post("/login/");
    const ours = browser.cookie("sessionid")!.value;
    const { data } = await django.one("load_session", { text: ours });
    assertEquals(await django.one("user", { session: data, password }), "ada");

    const theirs = await django.one("save_session", { data: await django.one("login", { password }) });
    const headers = { Cookie: `sessionid=${theirs}` };
    const response = await siteOf(users, KEY, new DjangoCookieStore()).get("/", { headers });
    assertEquals(await response.text(), "ada");
  },
});

const KEYS = new KeyRing([KEY, OLDER_KEY]);
const CHEAP = { algorithm: "pbkdf2_sha256", salt: "s", cost: { iterations: 1 } } as const;
const QUICK = new Passwords({ iterations: 1 });
const STORED = "ycQ1Zb0nC3XoGmTqk2mD1s1a1m4ZbVq8kqUeGmH5a0uY8m2Lw3v7rT9xK4nJ6pQ0sE1dF2gH3jK4l5z6x7c8v9==";
const SALTS = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("").replace("$", "");

function makePassword(random: Random): Made {
  const algorithm = random.pick(["pbkdf2_sha256", "pbkdf2_sha256", "pbkdf2_sha1", "scrypt"] as const);
  const cost: Record<string, number> = algorithm === "scrypt"
    ? { n: 2 ** random.int(1, 8), r: random.int(1, 5), p: random.int(1, 3) }
    : { iterations: random.int(1, 500) };
  const salt = random.chance(0.7) ? random.word(22, SALTS) : random.text(20).replaceAll("$", "") || "s";
  const password = random.chance(0.1) ? random.text(300) : random.text(30, [PRINTABLE, CONTROLS, [0x80, 0x2fff]]);
  return { password, salt, algorithm, cost };
}

function hasherOf(algorithm: Made["algorithm"], { n, r, p, iterations }: Made["cost"]): Passwords {
  if (algorithm !== "scrypt") return new Passwords({ iterations: iterations! });
  return new Passwords({ algorithm, workFactor: n!, blockSize: r!, parallelism: p! });
}

/** The salt differs each time, and has the same length. */
function withoutSalt(part: string): string {
  return /^[A-Za-z0-9]{22}$/.test(part) ? "SALT" : part;
}

function siteOf(
  users: MemoryUsers,
  key: string,
  store: MemoryStore | DjangoCookieStore = new MemoryStore(),
): TestBrowser {
  const app = pipeline({ keys: [key] })
    .use(sessions({ store })).use(authentication({ users })).handle(routes({
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
}

/** Not more at a time than may wait: the next would be told to try again in a moment. */
async function inTurns<I, O>(inputs: readonly I[], ask: (input: I, index: number) => Promise<O>): Promise<O[]> {
  const answers: O[] = [];
  while (answers.length < inputs.length) {
    const from = answers.length;
    answers.push(...await Promise.all(inputs.slice(from, from + 100).map((input, i) => ask(input, from + i))));
  }
  return answers;
}
