import { assertEquals } from "@std/assert";
import { testArguments } from "../../tools/test_arguments.ts";

const WHOLE_PROJECT = [
  "mod.ts",
  "cookies",
  "middleware",
  "sessions",
  "messages",
  "testing",
  "README.md",
  "docs",
  "tests",
];

Deno.test("deno task test runs the whole project when no path is given", () => {
  assertEquals(testArguments([], () => true), ["--doc", "--parallel", "--allow-all", ...WHOLE_PROJECT]);
});

Deno.test("deno task test leaves out folders that are not there yet", () => {
  assertEquals(testArguments([], (path) => path === "tests"), ["--doc", "--parallel", "--allow-all", "tests"]);
});

Deno.test("deno task test runs only the paths it is given", () => {
  const args = ["tests/cookies/", "--filter", "jar"];
  assertEquals(testArguments(args, () => true), ["--doc", "--parallel", "--allow-all", ...args]);
});

Deno.test("deno task test does not take the value of a flag for a path", () => {
  const args = ["--filter", "tests", "--fail-fast"];
  assertEquals(testArguments(args, () => true), ["--doc", "--parallel", "--allow-all", ...WHOLE_PROJECT, ...args]);
});

Deno.test("deno task test does not take the arguments of the tests for paths", () => {
  const args = ["--", "tests/cookies"];
  assertEquals(testArguments(args, () => true), ["--doc", "--parallel", "--allow-all", ...WHOLE_PROJECT, ...args]);
});
