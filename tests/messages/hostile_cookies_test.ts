// Whatever a visitor sends as the messages cookie is no message, no error, and is removed.
import { assert, assertEquals } from "@std/assert";
import { dumps, KeyRing, TimestampSigner } from "@nuages/web/cookies";
import { deflateSync } from "node:zlib";
import { makeSite, namesOf, TEST_KEY } from "./_site.ts";

const COOKIE_KEYS = new KeyRing(TEST_KEY).withPrefix("django.http.cookies");
const SALT = "django.contrib.messages";

Deno.test("20 000 mutations of a genuine messages cookie show nothing, throw nothing and are removed", async () => {
  const site = makeSite();
  const genuine = dumps([["__json_message", 0, 20, "genuine", ""]], COOKIE_KEYS, { salt: SALT });
  const random = randomNumbers(20_000);
  for (let round = 0; round < 20_000; round++) {
    const value = mutate(genuine, random);
    if (value === genuine) continue;
    const response = await show(site, value);
    if (response.status !== 200 || response.text !== "") throw new Error(`${JSON.stringify(value)}: ${response.text}`);
    if (response.set.length > 1 || response.set[0]?.includes("Max-Age=0") === false) throw new Error(response.set[0]);
  }
  assertEquals(new Set(namesOf(site.events)), new Set(["cookie.bad_signature"]));
});

Deno.test("every single bit of a messages cookie counts", async () => {
  const site = makeSite();
  const genuine = dumps([["__json_message", 0, 20, "genuine", ""]], COOKIE_KEYS, { salt: SALT });
  for (let index = 0; index < genuine.length; index++) {
    for (let bit = 0; bit < 7; bit++) {
      const code = genuine.charCodeAt(index) ^ (1 << bit);
      const value = genuine.slice(0, index) + String.fromCharCode(code) + genuine.slice(index + 1);
      // These a Cookie header can't carry, or they end the value: the rest is a cookie of another name.
      if (code < 0x21 || code === 0x7f || '";,\\'.includes(String.fromCharCode(code))) continue;
      assertEquals((await show(site, value)).text, "", value);
    }
  }
});

Deno.test("a cookie that was signed for something else is no messages cookie", async () => {
  const site = makeSite();
  const list = [["__json_message", 0, 20, "x", ""]];
  assertEquals((await show(site, dumps(list, COOKIE_KEYS))).text, "");
  assertEquals((await show(site, dumps(list, new KeyRing(TEST_KEY), { salt: SALT }))).text, "");
  const other = new KeyRing("another key for tests, never for visitors").withPrefix("django.http.cookies");
  assertEquals((await show(site, dumps(list, other, { salt: SALT }))).text, "");
  assertEquals((await show(site, dumps(list, COOKIE_KEYS, { salt: SALT }))).text, "x");
});

Deno.test("a cookie that is genuine but holds no list is removed", async () => {
  const site = makeSite();
  const signer = new TimestampSigner(COOKIE_KEYS, { salt: SALT });
  const bomb = "." + deflateSync(new Uint8Array(8 * 1024 * 1024)).toString("base64url");
  const values = [{}, "text", 7, null, { length: 1, 0: "x" }].map((value) => dumps(value, COOKIE_KEYS, { salt: SALT }));
  for (const value of [...values, signer.sign(bomb), signer.sign("bm90IEpTT04"), signer.sign(""), signer.sign("*")]) {
    const { status, text, set } = await show(site, value);
    assertEquals([status, text, set.length], [200, "", 1]);
    assert(set[0]!.includes("Max-Age=0"), set[0]);
  }
});

Deno.test("cookies of any size and kind are borne", async () => {
  const site = makeSite();
  const values = [
    "",
    "=",
    ":",
    "::",
    ":::",
    ".",
    "..::",
    "a".repeat(65_536),
    ".".repeat(10_000),
    ":".repeat(10_000),
    '"',
  ];
  for (const value of values) assertEquals((await show(site, value)).status, 200);
});

Deno.test("a messages cookie from the future is refused", async () => {
  const at = Math.floor(Date.now() / 1000) + 3_600;
  const value = dumps([["__json_message", 0, 20, "later", ""]], COOKIE_KEYS, { salt: SALT, at });
  assertEquals((await show(makeSite(), value)).text, "");
});

async function show(site: ReturnType<typeof makeSite>, value: string) {
  const response = await site.app(new Request("http://localhost/show", { headers: { Cookie: `messages=${value}` } }));
  return { status: response.status, text: await response.text(), set: response.headers.getSetCookie() };
}

/** Changes, drops, doubles or moves some characters. */
function mutate(text: string, random: () => number): string {
  const letters = [...text];
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const at = Math.floor(random() * letters.length);
    const kind = Math.floor(random() * 5);
    const letter = ALPHABET[Math.floor(random() * ALPHABET.length)]!;
    if (kind === 0) letters[at] = letter;
    else if (kind === 1) letters.splice(at, 1);
    else if (kind === 2) letters.splice(at, 0, letter);
    else if (kind === 3) letters.splice(at, 0, ...letters.slice(at, at + 10));
    else letters.length = Math.max(1, at);
  }
  return letters.join("");
}

const ALPHABET = "ABCXYZabcxyz0189-_.:=+/~!%";

/** The same numbers every time, so that a failure can be looked at. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
