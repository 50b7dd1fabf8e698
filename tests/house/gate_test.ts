import { assertEquals } from "@std/assert";
import { CHECKS, runGate, type Step, TESTS } from "../../tools/gate.ts";

Deno.test("the gate stops at the first step that fails, and ends with its exit code", async () => {
  const done: string[] = [];
  const step = (title: string, code: number): Step => ({
    title,
    run: () => {
      done.push(title);
      return Promise.resolve(code);
    },
  });
  assertEquals(await runGate([step("a", 0), step("b", 3), step("c", 0)]), 3);
  assertEquals(done, ["a", "b"]);
  assertEquals(await runGate([step("d", 0), step("e", 0)]), 0);
  assertEquals(done, ["a", "b", "d", "e"]);
});

Deno.test("the gate has a step for each thing that it promises", () => {
  const titles = [...CHECKS, TESTS].map(({ title }) => title);
  assertEquals(titles, ["Formatting", "Lint", "Types", "Documentation", "Publishing", "Tests"]);
});
