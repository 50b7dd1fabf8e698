/** The command that checks a program, as a shell starts it and as a program does. */

import { checkCommand } from "@nuages/web/check";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { importArguments } from "../../tools/import_map.ts";
import { ROOT_URL } from "../../tools/project.ts";
import { addressOf, programs } from "./_programs.ts";

const GOOD = `export default middleware.pipeline().use(middleware.security()).handle(() => new Response("hello"));`;
const BAD = `export default middleware.pipeline().use(middleware.fetchCache()).handle(() => new Response("hello"));`;

/** What it says when it is called as a function. */
async function call(...args: string[]) {
  const [said, complaints]: [string[], string[]] = [[], []];
  const code = await checkCommand(args, { say: (text) => said.push(text), complain: (text) => complaints.push(text) });
  return { code, said: said.join(""), complaints: complaints.join("") };
}

Deno.test("the check command, as a shell starts it: says the layers and the findings, and ends with 1 on errors", async () => {
  await using made = await programs({ "good.ts": GOOD, "bad.ts": BAD });
  const command = fromFileUrl(new URL("check/mod.ts", ROOT_URL));
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", ...importArguments(), command, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    return { code, said: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
  };

  assertEquals(await run(made.pathOf("good.ts")), { code: 0, said: "security\n\nNothing found.\n", errors: "" });
  const bad = await run(made.pathOf("bad.ts"));
  assertEquals([bad.code, bad.errors], [1, ""]);
  assertMatch(
    bad.said,
    /^fetchCache\n\nerror {4}order\.needs\n {2}fetchCache\(\) needs .+\n {2}→ Put updateCache\(\) before/,
  );
  assertStringIncludes(bad.said, "\n1 error; docs/checks.md explains each.\n");
});

Deno.test("the check command looks for what matters where visitors are with --deploy, and fails from the level that is said", async () => {
  await using made = await programs({ "good.ts": GOOD });
  const path = made.pathOf("good.ts");
  const deploy = await call(path, "--deploy");

  assertEquals(deploy.code, 0);
  assertStringIncludes(deploy.said, "warning  security.hsts  (Django: security.W004)\n");
  assertEquals((await call(path, "--deploy", "--fail-level", "warning")).code, 1);
  assertEquals((await call(path, "--fail-level=info")).code, 0);
  const silenced = await call(
    path,
    "--deploy",
    "--fail-level=info",
    "--silence=app.hosts,csp.missing",
    "--silence",
    "security.hsts,security.ssl_redirect",
  );
  assertEquals([silenced.code, silenced.said], [0, "security\n\nNothing found.\n"]);
});

Deno.test("the check command takes what deno serve takes: a handler, an object with fetch, or a promise; a path or an address", async () => {
  const app = GOOD.replace("export default ", "const app = ");
  await using made = await programs({
    "app.ts": `${app} export default app;`,
    "object.ts": `${app} export default { fetch: app.fetch };`,
    "promise.ts": `${app} export default Promise.resolve(app);`,
    "named.ts": `${app} export { app };`,
  });
  for (const name of ["app.ts", "object.ts", "promise.ts", "named.ts"]) {
    assertEquals((await call(made.pathOf(name))).code, 0, name);
  }
  assertEquals((await call(addressOf(made.pathOf("app.ts")))).code, 0);
});

Deno.test("the check command writes JSON for programs with --json", async () => {
  await using made = await programs({ "bad.ts": BAD });
  const { code, said } = await call(made.pathOf("bad.ts"), "--json");
  const { layers, findings } = JSON.parse(said);

  assertEquals([code, layers, findings.length], [1, ["fetchCache"], 1]);
  assertEquals([findings[0].id, findings[0].level, findings[0].layer], ["order.needs", "error", "fetchCache"]);
});

Deno.test("the check command names the layers that nobody knows", async () => {
  await using made = await programs({
    "own.ts": `const own = (next) => function own(request, context) { return next(request, context); };
      export default middleware.pipeline().use(own).use(middleware.csrf()).handle(() => new Response());`,
  });
  assertStringIncludes((await call(made.pathOf("own.ts"))).said, "own (yours) → csrf\n");
});

Deno.test("the check command says what is wrong with a program that has no application, and ends with 2", async () => {
  await using made = await programs({
    "none.ts": "export const site = 1;",
    "wrapped.ts": "export default (request) => middleware.pipeline().handle(() => new Response())(request);",
    "throws.ts": `throw new Error("no database");`,
  });
  const complaint = async (name: string) => {
    const { code, said, complaints } = await call(made.pathOf(name));
    assertEquals([code, said], [2, ""]);
    return complaints;
  };
  assertStringIncludes(await complaint("none.ts"), `end it with "export default app"`);
  assertStringIncludes(
    await complaint("wrapped.ts"),
    "A function that builds a pipeline for each request begins with empty stores",
  );
  assertStringIncludes(await complaint("throws.ts"), "no database");
  assertStringIncludes(await complaint("missing.ts"), "Module not found");
});

Deno.test("the check command refuses arguments that make no sense with its help, and ends with 2", async () => {
  const misuses = [[], ["a.ts", "b.ts"], ["a.ts", "--deplyo"], ["a.ts", "--fail-level", "fatal"], [
    "a.ts",
    "--origin",
    "shop.example",
  ]];
  for (const args of misuses) {
    const { code, said, complaints } = await call(...args);
    assertEquals([code, said], [2, ""]);
    assertStringIncludes(complaints, "Usage: deno run");
  }
  assertStringIncludes((await call("a.ts", "--deplyo")).complaints, "Unknown: --deplyo");
});

Deno.test("the check command asks for pages with --probe", async () => {
  await using made = await programs({
    "form.ts": `export default middleware.pipeline().use(middleware.csrf())
      .handle(() => middleware.htmlResponse(middleware.html\`<form method="post"></form>\`));`,
  });
  const { code, said } = await call(made.pathOf("form.ts"), "--probe=/", "--origin", "https://shop.example");

  assertEquals(code, 0);
  assertStringIncludes(said, "warning  csrf.form_without_token\n  / has a form");
  assertStringIncludes(said, "  Visitors see: CSRF 403\n");
});

Deno.test("the check command starts a program twice with --twice, and finds keys that are made at each start", async () => {
  const program = (keys: string) =>
    `export default middleware.pipeline({ keys: ${keys} }).handle(() => new Response());`;
  await using made = await programs({
    "made.ts": program("[crypto.randomUUID()]"),
    "kept.ts": program(`["${crypto.randomUUID()}"]`),
    "keyless.ts": program("undefined"),
    "once.ts": `if (globalThis.constructor.name !== "Window") throw new Error("taken");\n${
      program(`["${crypto.randomUUID()}"]`)
    }`,
  });
  const twice = async (name: string) => await call(made.pathOf(name), "--twice");
  const found = await twice("made.ts");

  assertEquals(found.code, 1);
  assertStringIncludes(found.said, "error    keys.made_at_start\n");
  assertStringIncludes(found.said, "Visitors see: session doesn't stick, CSRF 403, message never or twice\n");
  assertEquals((await twice("kept.ts")).said, "No layers\n\nNothing found.\n");
  assertEquals((await twice("keyless.ts")).code, 0);
  assertStringIncludes((await twice("once.ts")).said, "warning  keys.second_start\n");
  assert(!(await call(made.pathOf("made.ts"))).said.includes("keys.made_at_start"));
});
