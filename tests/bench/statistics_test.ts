import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pairedRatios, quantile, spreadOf } from "../../bench/measure/statistics.ts";
import { atLeast, atMost, figureOf } from "../../bench/report/figure.ts";

Deno.test("spreadOf() gives the median and the quartiles, in whatever order the samples come", () => {
  assertEquals(spreadOf([5, 1, 3, 2, 4]), { median: 3, low: 2, high: 4, count: 5 });
  assertEquals(spreadOf([7]), { median: 7, low: 7, high: 7, count: 1 });
});

Deno.test("spreadOf() says nothing of samples that are none", () => {
  assertThrows(() => spreadOf([]), RangeError, "Cannot sum up samples");
  assertThrows(() => spreadOf([1, NaN]), RangeError, "Cannot sum up samples");
});

Deno.test("quantile() goes in a straight line between the two samples next to it", () => {
  assertEquals(quantile([0, 10], 0.25), 2.5);
  assertEquals(quantile([1, 2, 3, 4], 1), 4);
  assertAlmostEquals(quantile(Array.from({ length: 101 }, (_, index) => index), 0.99), 99);
});

Deno.test("ratios are made within a round, so that a slow round is slow for both", () => {
  assertEquals(pairedRatios([10, 5, 20], [10, 5, 10]), [1, 1, 2]);
  assertThrows(() => pairedRatios([1], [1, 2]), RangeError, "both come from the same rounds");
});

Deno.test("a figure meets its goal by the median of the ratios", () => {
  const options = { title: "speed", beside: "another", unit: "requests/s" };
  assertEquals(figureOf([9, 10, 1], [10, 10, 10], { ...options, goal: atLeast(0.9) }).met, true);
  assertEquals(figureOf([8, 8, 20], [10, 10, 10], { ...options, goal: atLeast(0.9) }).met, false);
  assertEquals(figureOf([12, 12, 40], [10, 10, 10], { ...options, goal: atMost(1.2) }).met, true);
  assertEquals(figureOf([12], [10], options).met, undefined);
});
