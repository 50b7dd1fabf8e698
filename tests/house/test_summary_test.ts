import { assertEquals, assertThrows } from "@std/assert";
import { formatSummary, readSummary } from "../../tools/test_summary.ts";

Deno.test("readSummary() reads the line that deno test ends with", () => {
  assertEquals(readSummary("running 1 test\n\nok | 12 passed | 0 failed (3ms)\n\n", 0), counts(12, 0, 0));
  assertEquals(readSummary("FAILED | 3 passed | 2 failed (1m23s)\n\nerror: Test failed\n", 1), counts(3, 2, 0));
});

Deno.test("readSummary() counts ignored tests as skipped, and neither steps nor tests that were filtered out", () => {
  const line =
    "ok | 12 passed (30 steps) | 0 failed (0 steps) | 1 ignored (2 steps) | 4 measured | 5 filtered out (2s)";
  assertEquals(readSummary(line, 0), counts(12, 0, 1));
});

Deno.test("readSummary() reads through colours", () => {
  const line = "\x1b[0m\x1b[32mok\x1b[0m | 5 passed | 0 failed \x1b[0m\x1b[38;5;245m(3ms)\x1b[0m\n";
  assertEquals(readSummary(line, 0), counts(5, 0, 0));
});

Deno.test("readSummary() takes the last summary, as a test may print what another run printed", () => {
  const output = [
    "------- output -------",
    "FAILED | 7 passed | 7 failed (1ms)",
    "----- output end -----",
    "ok | 2 passed | 0 failed (9ms)",
  ].join("\n");
  assertEquals(readSummary(output, 0), counts(2, 0, 0));
});

Deno.test("readSummary() takes no sentence for a summary", () => {
  const output = 'ok | 1 passed | 0 failed (9ms)\nit says "ok | 99 passed | 0 failed (1ms)" here\n';
  assertEquals(readSummary(output, 0), counts(1, 0, 0));
});

Deno.test("readSummary() refuses output without a summary: the runner broke down", () => {
  const told = "Cannot find a summary of the tests: they ended with exit code 1";
  assertThrows(() => readSummary("error: Type checking failed.", 1), Error, told);
  assertThrows(() => readSummary("", 0), Error, "Cannot find a summary");
});

Deno.test("readSummary() refuses a summary that the exit code contradicts", () => {
  const green = "ok | 9 passed | 0 failed (9ms)\nthread 'main' panicked";
  assertThrows(() => readSummary(green, 101), Error, "as the tests ended with exit code 101");
  assertThrows(
    () => readSummary("FAILED | 9 passed | 1 failed (9ms)", 0),
    Error,
    "as the tests ended with exit code 0",
  );
  assertThrows(() => readSummary("ok | 9 passed | 1 failed (9ms)", 0), Error, "Cannot trust");
  assertThrows(() => readSummary(green, NaN), Error, "Cannot trust");
});

Deno.test("readSummary() does not call it a success when no test ran", () => {
  assertThrows(() => readSummary("ok | 0 passed | 0 failed | 5 filtered out (2ms)", 0), Error, "no test ran");
});

Deno.test("formatSummary() names skipped tests only where there are some", () => {
  assertEquals(formatSummary(counts(12, 0, 0)), "12 passed, 0 failed");
  assertEquals(formatSummary(counts(12, 3, 1)), "12 passed, 3 failed, 1 skipped");
});

function counts(passed: number, failed: number, skipped: number): ReturnType<typeof readSummary> {
  return { passed, failed, skipped };
}
