/** Secrets and tokens are Django's, byte for byte. */

import { assert, assertEquals, assertFalse, assertMatch, assertNotEquals } from "@std/assert";
import {
  csrfFormatProblem,
  csrfSecretOf,
  maskCsrfSecret,
  newCsrfSecret,
  sameCsrfSecret,
} from "../../middleware/csrf_token.ts";
import vectors from "../vectors/django-vectors.json" with { type: "json" };

const { alphabet, mask, secret, token } = vectors.csrf;

Deno.test("maskCsrfSecret() makes Django's token of Django's secret and mask", () => {
  assertEquals(maskCsrfSecret(secret, mask), token);
});

Deno.test("csrfSecretOf() finds Django's secret in Django's token", () => {
  assertEquals(csrfSecretOf(token), vectors.csrf.unmask);
});

Deno.test("csrfSecretOf() takes a bare secret as it is", () => {
  assertEquals(csrfSecretOf(secret), secret);
});

Deno.test("maskCsrfSecret() masks differently each time, and each token has the same secret (BREACH)", () => {
  const tokens = Array.from({ length: 500 }, () => maskCsrfSecret(secret));
  assertEquals(new Set(tokens).size, 500);
  // Neither half repeats: nothing in a page stays the same for a compressor to find.
  assertEquals(new Set(tokens.map((each) => each.slice(0, 32))).size, 500);
  assertEquals(new Set(tokens.map((each) => each.slice(32))).size, 500);
  for (const each of tokens) assertEquals(csrfSecretOf(each), secret);
});

Deno.test("masking and unmasking undo each other for every letter and digit under every mask", () => {
  for (const one of alphabet) {
    for (const other of alphabet) {
      const masked = maskCsrfSecret(one.repeat(32), other.repeat(32));
      assertMatch(masked, /^[a-zA-Z0-9]{64}$/);
      assertEquals(csrfSecretOf(masked), one.repeat(32));
    }
  }
});

Deno.test("newCsrfSecret() makes 32 letters and digits", () => {
  for (let i = 0; i < 200; i++) assertMatch(newCsrfSecret(), /^[a-zA-Z0-9]{32}$/);
  assertNotEquals(newCsrfSecret(), newCsrfSecret());
});

Deno.test("newCsrfSecret() favours no letter", () => {
  const counts = new Map([...alphabet].map((letter) => [letter, 0]));
  const secrets = 8_000;
  for (let i = 0; i < secrets; i++) {
    for (const letter of newCsrfSecret()) counts.set(letter, counts.get(letter)! + 1);
  }
  const expected = secrets * 32 / 62;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 61 degrees of freedom: one run in ten million comes above 140. Modulo 256 without rejection gives about 1 600.
  assert(chiSquare < 140, `chi square is ${chiSquare}`);
});

Deno.test("csrfFormatProblem() knows what is no token", () => {
  assertEquals(csrfFormatProblem("a".repeat(32)), undefined);
  assertEquals(csrfFormatProblem("Z9".repeat(32)), undefined);
  for (const length of [0, 1, 31, 33, 63, 65, 100_000]) {
    assertEquals(csrfFormatProblem("a".repeat(length)), "has incorrect length");
  }
  for (const odd of ["-", " ", "\n", "\0", "é", "ａ", "ß", "٣"]) {
    assertEquals(csrfFormatProblem("a".repeat(31) + odd), "has invalid characters");
    assertEquals(csrfFormatProblem(odd + "a".repeat(31)), "has invalid characters");
  }
  // As Python counts, an emoji is one character.
  assertEquals(csrfFormatProblem("a".repeat(31) + "😀"), "has invalid characters");
  assertEquals(csrfFormatProblem("a".repeat(30) + "😀"), "has incorrect length");
});

Deno.test("sameCsrfSecret() tells every single changed letter", () => {
  assert(sameCsrfSecret(secret, secret));
  for (let at = 0; at < 32; at++) {
    const changed = secret.slice(0, at) + (secret[at] === "x" ? "y" : "x") + secret.slice(at + 1);
    assertFalse(sameCsrfSecret(secret, changed));
  }
});
