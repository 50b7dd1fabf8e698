/** The tests of many inputs find the one that fails, and show a small one. */

import { assertEquals, AssertionError, assertRejects } from "@std/assert";
import { agree, SEED } from "./_agreement.ts";
import { ANY, Random } from "./_random.ts";

Deno.test("agree() makes an input that fails as small as it gets, and says the seed", async () => {
  const failing = agree({
    count: 5000,
    make: (random) => ({ texts: random.list(9, () => random.text(20)), number: random.number() }),
    ask: (inputs) => Promise.resolve(inputs.map(({ texts }) => texts.some((text) => text.includes("x")))),
    check: (_input, hasX) => assertEquals(hasX, false),
  });

  const { message } = await assertRejects(() => failing, AssertionError);
  assertEquals(message.includes(`NUAGES_SEED=${SEED}, made smaller: {"texts":["x"],"number":0}\n`), true, message);
});

Deno.test("agree() lets an answer of something else not pass for the failure it has found", async () => {
  const failing = agree({
    count: 10,
    make: () => ({ value: "abcdef" }),
    ask: (inputs) => Promise.resolve(inputs.map(({ value }) => value)),
    check(_input, value) {
      if (value.length < 6) throw new TypeError("nobody makes this");
      throw new AssertionError("what is wrong");
    },
  });

  const { message } = await assertRejects(() => failing, AssertionError);
  assertEquals(message.endsWith('{"value":"abcdef"}\nwhat is wrong'), true, message);
});

Deno.test("Random makes the same for the same seed, and all kinds of values", () => {
  const made = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 2000 }, () => JSON.stringify(random.json())).join("\n");
  };
  assertEquals(made(1), made(1));
  assertEquals(made(1) === made(2), false);
  const texts = new Random(SEED);
  const all = Array.from({ length: 500 }, () => texts.text(30, ANY)).join("");
  assertEquals([/\p{Cc}/u, /[\u4e00-\u9fff]/, /\p{Emoji_Presentation}/u, /"/].map((kind) => kind.test(all)), [
    ...[true, true, true, true],
  ]);
  assertEquals(all.isWellFormed(), false);
  assertEquals([/\d[eE]/, /-\d/, /\d\.\d/, /\d{17}/, /\[\[/, /__proto__/].every((kind) => kind.test(made(1))), true);
});
