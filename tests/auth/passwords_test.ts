/** Passwords as Django stores them; what is stored wrongly, and what is typed in. */

import { Passwords } from "@nuages/web/auth";
import { HttpError } from "@nuages/web/middleware";
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import vectors from "../vectors/django-passwords.json" with { type: "json" };
import { quick } from "./_site.ts";

Deno.test("Passwords checks every password that Django has stored", async () => {
  for (const { password, encoded } of vectors.passwords) {
    assertEquals((await quick.verify(password, encoded)).ok, true, encoded);
    assertEquals((await quick.verify(`${password}x`, encoded)).ok, false, encoded);
  }
});

Deno.test("Passwords takes what can't be read for nobody's password, and never throws", async () => {
  for (const { encoded, django } of vectors.unreadable) {
    assertNotEquals(django, true);
    assertEquals((await quick.verify("correct horse", encoded)).ok, false, encoded);
  }
  const hostile = [
    "pbkdf2_sha256$99999999999$s$aaaa",
    "pbkdf2_sha256$9999999999$s$aaaa",
    "scrypt$1073741824$s$8$1$aaaa",
    "scrypt$1048576$s$32$16$aaaa",
    "scrypt$15$s$8$1$aaaa",
    "\0",
    "é".repeat(10_000),
    "\ud800",
    "pbkdf2_sha256$1$\ud800$aaaa",
    "__proto__$1$s$aaaa",
  ];
  const strange: unknown[] = [null, 7, {}, [], Symbol.iterator, new Uint8Array(3)];
  for (const encoded of [...hostile, ...strange]) {
    assertEquals((await quick.verify("correct horse", encoded as string)).ok, false, Deno.inspect(encoded));
  }
});

Deno.test("Passwords says of what is stored that it can't be read, without showing it", async () => {
  const problem = async (encoded: string | undefined) => (await quick.verify("x", encoded)).problem;
  assertEquals(
    await problem("argon2$argon2id$v=19$secret"),
    "what is stored is no password that can be read (argon2)",
  );
  assertEquals(await problem("hunter2"), "what is stored is no password that can be read (unknown)");
  assertEquals([await problem(undefined), await problem(""), await problem("!x")], [undefined, undefined, undefined]);
});

Deno.test("Passwords makes Django's texts, another one each time", async () => {
  const [one, other] = [await quick.hash("x"), await quick.hash("x")];
  assertMatch(one, /^pbkdf2_sha256\$1000\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{43}=$/);
  assertNotEquals(one, other);
  const scrypt = new Passwords({ algorithm: "scrypt", workFactor: 16 });
  const encoded = await scrypt.hash("x");
  assertMatch(encoded, /^scrypt\$16\$[A-Za-z0-9]{22}\$8\$5\$[A-Za-z0-9+/]{86}==$/);
  assert((await scrypt.verify("x", encoded)).ok);
  assert((await new Passwords().hash("x")).startsWith("pbkdf2_sha256$1000000$"));
});

Deno.test("Passwords takes two spellings of é for two passwords, as Django does, and lone surrogates for none", async () => {
  assertEquals((await quick.verify("e\u0301", await quick.hash("\u00e9"))).ok, false);
  const replaced = await quick.hash("\ufffd");
  assertEquals((await quick.verify("\ud800", replaced)).ok, false);
  assertEquals((await quick.verify("\ufffd", replaced)).ok, true);
  const error = await assertRejects(() => quick.hash("\ud800"), HttpError);
  assertEquals(error.status, 400);
});

Deno.test("Passwords takes no password longer than 4096 bytes, without any work", async () => {
  const longest = "é".repeat(2048);
  assert((await quick.verify(longest, await quick.hash(longest))).ok);
  assertEquals((await assertRejects(() => quick.hash(`${longest}x`), HttpError)).status, 400);
  const dear = new Passwords({ iterations: 20_000_000 });
  const begin = performance.now();
  assertEquals((await dear.verify("x".repeat(10_000_000), undefined)).ok, false);
  assert(performance.now() - begin < 1000);
});

Deno.test("Passwords says that a right password is outdated if what is stored is weaker than what is made today", async () => {
  const verdict = async (hasher: Passwords, encoded: string) => (await hasher.verify("x", encoded)).outdated;
  const [weak, usual] = [new Passwords({ iterations: 10 }), new Passwords({ iterations: 20 })];
  const scrypt = new Passwords({ algorithm: "scrypt", workFactor: 32, blockSize: 2, parallelism: 1 });
  const weakScrypt = new Passwords({ algorithm: "scrypt", workFactor: 16, blockSize: 2, parallelism: 1 });
  assertEquals(await verdict(usual, await weak.hash("x")), true);
  assertEquals(await verdict(usual, await usual.hash("x")), false);
  assertEquals(
    await verdict(weak, await usual.hash("x")),
    false,
    "stronger stays: a Django beside us would change it back",
  );
  assertEquals(await verdict(usual, await scrypt.hash("x")), true);
  assertEquals(await verdict(scrypt, await usual.hash("x")), true);
  assertEquals(await verdict(scrypt, await weakScrypt.hash("x")), true);
  assertEquals(await verdict(weakScrypt, await scrypt.hash("x")), false);
  const short = vectors.passwords.find(({ encoded }) => /^pbkdf2_sha256\$\d+\$s\$/.test(encoded))!;
  assertEquals(await weak.verify(short.password, short.encoded), { ok: true, outdated: true }, "as its salt is short");
  assertEquals((await usual.verify("wrong", await weak.hash("x"))).outdated, false);
});

Deno.test("Passwords works as much where there is nothing to check by, or less was asked for once", async () => {
  const hasher = new Passwords({ iterations: 5000 });
  const [stored, older] = [await hasher.hash("x"), await quick.hash("x")];
  // On a busy machine a clock says little, so the rounds are counted that Web Crypto is asked for.
  const { subtle } = crypto;
  const { deriveBits } = subtle;
  let rounds = 0;
  subtle.deriveBits = (algorithm, ...others) => {
    rounds += (algorithm as Pbkdf2Params).iterations;
    return deriveBits.call(subtle, algorithm, ...others);
  };
  try {
    for (const encoded of [stored, undefined, "", "!", "argon2$x", older]) {
      rounds = 0;
      assertEquals((await hasher.verify("wrong", encoded)).ok, false);
      assertEquals(rounds, 5000, encoded);
    }
  } finally {
    subtle.deriveBits = deriveBits;
  }
});

Deno.test("Passwords leaves the program's thread free meanwhile", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await new Passwords({ iterations: 1_000_000 }).hash("x");
  await new Passwords({ algorithm: "scrypt" }).hash("x");
  clearInterval(timer);
  assert(ticks > 5, `${ticks} ticks`);
});

Deno.test("Passwords makes so many wait and refuses the others, when a crowd comes", async () => {
  const hasher = new Passwords({ iterations: 2000 });
  const outcomes = await Promise.allSettled(Array.from({ length: 1000 }, () => hasher.verify("x", undefined)));
  const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  assert(refused.length > 500 && refused.length < 1000, String(refused.length));
  assert(refused.every(({ reason }) => reason instanceof HttpError && reason.status === 503));
  assertEquals((await hasher.verify("x", await hasher.hash("x"))).ok, true);
});

Deno.test("Passwords refuses costs that are none, or too dear", () => {
  assertThrows(() => new Passwords({ algorithm: "md5" as never }), TypeError, 'must be "pbkdf2_sha256" or "scrypt"');
  assertThrows(
    () => new Passwords({ iterations: 0 }),
    RangeError,
    "iterations must be a whole number from 1 to 20000000",
  );
  assertThrows(() => new Passwords({ workFactor: 1000 }), RangeError, "workFactor must be a power of 2");
  assertThrows(() => new Passwords({ workFactor: 2 ** 20, blockSize: 16 }), RangeError, "256 MiB");
  assertThrows(() => new Passwords({ blockSize: 0.5 }), RangeError, "whole number");
});
