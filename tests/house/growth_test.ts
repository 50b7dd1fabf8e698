import { assertRejects } from "@std/assert";
import { assertLinear } from "../_growth.ts";

const spaces = (size: number) => " ".repeat(size) + "x";
const letters = (size: number) => "ab".repeat(size / 2);

Deno.test("house: time in proportion to the input passes, be the work short or long, at once or awaited", async () => {
  await assertLinear(100_000, [spaces, letters], (text) => text.split(""));
  await assertLinear(80, [spaces, letters], (text) => text.indexOf("y"));
  await assertLinear(2_000_000, [spaces], (text) => new TextEncoder().encode(text));
  await assertLinear(100_000, [letters], async (text) => await new Response(text).bytes());
});

Deno.test("house: time that doesn't grow passes", async () => {
  await assertLinear(100_000, [spaces], (text) => text.length);
});

Deno.test("house: an expression that tries every space as its beginning is noticed", async () => {
  await assertRejects(
    () => assertLinear(4_000, [letters, spaces], (text) => /\s+$/.test(text)),
    Error,
    '" ".repeat(size) + "x"',
  );
});

Deno.test("house: looking through everything again for every item is noticed, where it is awaited too", async () => {
  const items = (size: number) => Array.from({ length: size }, (_, index) => index);
  const twice = (numbers: number[]) => numbers.filter((number, index) => numbers.indexOf(number) !== index);
  await assertRejects(() => assertLinear(8_000, [items], twice), Error, "Time must grow in proportion");
  await assertRejects(() => assertLinear(8_000, [items], async (numbers) => await Promise.resolve(twice(numbers))));
});

Deno.test("house: moving everything that is there for every piece is noticed beside work that is in proportion", async () => {
  await assertRejects(
    () =>
      assertLinear(32_000, [letters], (text) => {
        const moved: string[] = [];
        for (const letter of text) moved.unshift(letter);
        return text.split("");
      }),
    Error,
    "Time must grow in proportion",
  );
});
