import { assertEquals } from "@std/assert";
import { importArguments } from "../../tools/import_map.ts";
import { DOORS, ROOT, ROOT_URL } from "../../tools/project.ts";
import { type Documentation, doorComplaints, exampleComplaints } from "./_documentation_law.ts";

Deno.test("house: every door tells its story, every function and class shows an example", async () => {
  const documentation = await readDocumentation();
  assertEquals(Object.keys(documentation.nodes).length, DOORS.length);
  assertEquals(doorComplaints(documentation, ROOT_URL.href), []);
  assertEquals(exampleComplaints(documentation, ROOT_URL.href), []);
});

const GOOD =
  '```ts\nimport { f } from "@nuages/web/cookies";\nimport { assert } from "@std/assert";\nassert(f());\n```';

Deno.test("house: the law of documentation wants an @module comment with text on a door", () => {
  const of = (module_doc?: Documentation["nodes"][string]["module_doc"]) =>
    doorComplaints({ nodes: { "file:///x/mod.ts": { symbols: [], ...(module_doc && { module_doc }) } } }, "file:///x/");
  assertEquals(of({ doc: "Cookies.", tags: [{ kind: "module" }] }), []);
  const told = ["mod.ts is a door without a story: begin it with a comment with @module"];
  assertEquals(of(), told);
  assertEquals(of({ doc: "A licence." }), told);
  assertEquals(of({ tags: [{ kind: "module" }] }), told);
});

Deno.test("house: the law of documentation wants an example on functions and classes", () => {
  const told = [
    "cookies/f.ts:7 f has no @example that runs: show its use in a ```ts block, and assert the result",
  ];
  assertEquals(complaints("function", [{ kind: "example", doc: `Use\n${GOOD}\n` }]), []);
  assertEquals(complaints("interface", []), []);
  assertEquals(complaints("function", []), told);
  assertEquals(complaints("class", [{ kind: "param", doc: "x" }]), told);
});

Deno.test("house: the law of documentation does not take an example that cannot fail", () => {
  const ignored = GOOD.replace("```ts", "```ts ignore");
  const idle = GOOD.replace("assert(f());", "f();").replace("{ assert }", "{ equal }");
  const told = GOOD.replace("assert(f());", "console.assert(f());");
  const lone = GOOD.replace('import { f } from "@nuages/web/cookies";\n', "");
  for (const doc of [ignored, idle, told, lone, "Just words"]) {
    assertEquals(complaints("function", [{ kind: "example", doc }]).length, 1);
  }
});

function complaints(kind: string, tags: { kind: string; doc?: string }[]): string[] {
  const declaration = { kind, location: { filename: "file:///x/cookies/f.ts", line: 7 }, jsDoc: { tags } };
  const symbols = [{ name: "f", declarations: [declaration] }];
  return exampleComplaints({ nodes: { "file:///x/cookies/mod.ts": { symbols } } }, "file:///x/");
}

async function readDocumentation(): Promise<Documentation> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...importArguments(), ...DOORS],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`Cannot read the documentation: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
