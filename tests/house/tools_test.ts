import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { exampleArguments } from "../../tools/example.ts";
import { deriveImports } from "../../tools/import_map.ts";
import { CONFIG, DOORS, ROOT } from "../../tools/project.ts";
import { testArguments } from "../../tools/test_arguments.ts";

const WHOLE_PROJECT = [
  "mod.ts",
  "cookies",
  "middleware",
  "sessions",
  "messages",
  "auth",
  "project",
  "testing",
  "check",
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

Deno.test("deno task test fails a test that leaves a timer or a file behind", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/leaks_test.ts`;
  await Deno.writeTextFile(
    file,
    `Deno.test("timer", () => void setTimeout(() => {}, 60_000));
     Deno.test("file", async () => void await Deno.open(new URL(import.meta.url)));
     Deno.test("neither", () => {});`,
  );
  const { code, stdout } = await runTool(["test", file], { NO_COLOR: "1" });
  await Deno.remove(directory, { recursive: true });
  assertNotEquals(code, 0);
  assertStringIncludes(stdout, "1 passed | 2 failed");
  assertStringIncludes(stdout, "A timer was started in this test, but never completed");
  assertStringIncludes(stdout, "A file was opened during the test, but not closed");
});

Deno.test("deno task example starts the site and hands its flags on", () => {
  const isThere = (path: string) => path === "examples/site/main.ts";
  assertEquals(exampleArguments([], isThere), ["--allow-all", "examples/site/main.ts"]);
  assertEquals(exampleArguments(["--store=file", "--port", "0"], isThere), [
    "--allow-all",
    "examples/site/main.ts",
    "--store=file",
    "--port",
    "0",
  ]);
});

Deno.test("deno task example starts another example by its name", () => {
  const isThere = (path: string) => path === "examples/hello.ts";
  assertEquals(exampleArguments(["hello", "--port=0"], isThere), ["--allow-all", "examples/hello.ts", "--port=0"]);
});

Deno.test("deno task example knows no example outside of its folder", () => {
  assertEquals(exampleArguments(["nope"], () => false), undefined);
  assertEquals(exampleArguments(["../tools/run"], () => true), undefined);
});

Deno.test("the import map has every door, every npm package and no jsr: address", () => {
  const imports = deriveImports("../../");
  assertEquals(imports[CONFIG.name], "../../mod.ts");
  assertEquals(imports[`${CONFIG.name}/cookies`], "../../cookies/mod.ts");
  assertEquals(DOORS.filter((door) => !Object.values(imports).includes(`../../${door}`)), []);
  assertEquals(imports.hono, CONFIG.imports.hono);
  assertEquals(imports["hono/"], CONFIG.imports.hono!.replace("npm:", "npm:/") + "/");
  assertEquals(imports["@std/assert"], "../../tools/std/assert/mod.ts");
  assertEquals(imports["@std/http/user-agent"], "../../tools/std/http/user_agent.ts");
  assertEquals(Object.values(imports).filter((address) => address.startsWith("jsr:")), []);
  assertEquals(Object.keys(imports).filter((name) => name.includes("_")), [], "helpers stand for nothing");
});

Deno.test("deno task hands arguments and exit codes on", async () => {
  const code = "console.log(JSON.stringify(Deno.args)); Deno.exit(7)";
  const run = await runTool(["deno", "eval", code, "--", "a b", "--x=ü", "*"]);
  assertEquals(run.stdout.trim(), '["a b","--x=ü","*"]');
  assertEquals(run.code, 7);
});

Deno.test("deno task says what it knows when it is asked for what it does not know", async () => {
  const run = await runTool(["constructor"]);
  assertEquals(run.code, 2);
  assertStringIncludes(
    run.stderr,
    'Cannot run "constructor" as there is no such command: use example, test, check, ok',
  );
});

Deno.test("deno task refuses an answer about JSR that it does not understand", async () => {
  const run = await runTool(["deno", "eval", "1"], { NUAGES_JSR: "maybe" });
  assertNotEquals(run.code, 0);
  assertStringIncludes(run.stderr, 'Cannot use NUAGES_JSR as it must be "yes" or "no": received "maybe"');
});

Deno.test({
  name: "deno task hands signals on, so that an example can end in order",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const code = `
      Deno.addSignalListener("SIGTERM", () => { console.log("ended in order"); Deno.exit(3); });
      console.log("started");
      setInterval(() => {}, 1000);
    `;
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "tools/run.ts", "deno", "eval", code],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    assertMatch((await lines.next()).value!, /^started/);
    child.kill("SIGTERM");
    assertMatch((await lines.next()).value!, /^ended in order/);
    assertEquals((await child.status).code, 3);
    assert((await lines.next()).done);
  },
});

async function runTool(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "tools/run.ts", ...args],
    cwd: ROOT,
    env,
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
