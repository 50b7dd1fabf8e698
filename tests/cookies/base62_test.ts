import { assertEquals, assertThrows } from "@std/assert";
import { decodeBase62, encodeBase62 } from "../../cookies/base62.ts";
import { vectors } from "./_vectors.ts";

Deno.test("encodeBase62() writes what Django writes", () => {
  for (const [number, text] of Object.entries(vectors.b62)) assertEquals(encodeBase62(Number(number)), text);
});

Deno.test("decodeBase62() reads what Django writes", () => {
  for (const [number, text] of Object.entries(vectors.b62)) assertEquals(decodeBase62(text), Number(number));
});

Deno.test("encodeBase62() and decodeBase62() reach as far as whole numbers are exact", () => {
  assertEquals(decodeBase62(encodeBase62(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  assertEquals(decodeBase62(encodeBase62(Number.MIN_SAFE_INTEGER)), Number.MIN_SAFE_INTEGER);
});

Deno.test("encodeBase62() writes zero and its negative alike", () => {
  assertEquals(encodeBase62(0), "0");
  assertEquals(encodeBase62(-0), "0");
});

Deno.test("encodeBase62() refuses what is not a safe whole number", () => {
  assertThrows(
    () => encodeBase62(1.5),
    RangeError,
    "Cannot encode base 62 as the value must be a safe integer: received 1.5",
  );
  assertThrows(() => encodeBase62(NaN), RangeError);
  assertThrows(() => encodeBase62(Infinity), RangeError);
  assertThrows(() => encodeBase62(2 ** 53), RangeError);
});

Deno.test("decodeBase62() answers undefined for what is not a number in base 62", () => {
  assertEquals(decodeBase62(""), undefined);
  assertEquals(decodeBase62("-"), undefined);
  assertEquals(decodeBase62("--1"), undefined);
  assertEquals(decodeBase62("1-"), undefined);
  assertEquals(decodeBase62("+1"), undefined);
  assertEquals(decodeBase62("1.5"), undefined);
  assertEquals(decodeBase62(" 1"), undefined);
  assertEquals(decodeBase62("1\n"), undefined);
  assertEquals(decodeBase62("_"), undefined);
  assertEquals(decodeBase62("１"), undefined);
});

Deno.test("decodeBase62() answers undefined for what is too large to be exact", () => {
  assertEquals(decodeBase62("zzzzzzzzz"), undefined);
  assertEquals(decodeBase62("z".repeat(65_536)), undefined);
  assertEquals(decodeBase62("0".repeat(65_536) + "1"), 1);
});

Deno.test("decodeBase62() never answers a negative zero", () => {
  assertEquals(Object.is(decodeBase62("-0"), 0), true);
});
