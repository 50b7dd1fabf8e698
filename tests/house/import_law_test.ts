import { assertEquals } from "@std/assert";
import { importComplaints, specifiersOf } from "./_import_law.ts";
import { libraryFiles } from "./_library.ts";

Deno.test("house: the library imports in one direction, files and not doors, @std and node only", () => {
  assertEquals(libraryFiles().flatMap(importComplaints), []);
});

Deno.test("house: the import law sees every way to import, and no comment or string", () => {
  const text = `
    import a from "./a.ts";
    import type { B } from "./b.ts";
    import "./c.ts";
    export * from "./d.ts";
    export { e } from "./e.ts";
    export type { F } from "./f.ts";
    type G = import("./g.ts").G;
    const h = await import("./h.ts");
    const i = await import(h.name);
    export const j = 'import { x } from "npm:in-a-string"'; // import "npm:in-a-comment"
  `;
  const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
  assertEquals(specifiersOf({ path: "cookies/x.ts", text }), [...letters.map((name) => `./${name}.ts`), undefined]);
});

Deno.test("house: the import law allows the standard library, Node's modules and files to the left", () => {
  assertEquals(complaints("sessions/x.ts", "@std/http/status"), []);
  assertEquals(importComplaints({ path: "sessions/x.ts", text: 'await import("node:crypto");' }), []);
  assertEquals(complaints("sessions/x.ts", "./session.ts"), []);
  assertEquals(complaints("sessions/x.ts", "./_record.ts"), []);
  assertEquals(complaints("sessions/x.ts", "../cookies/key_ring.ts"), []);
  assertEquals(complaints("mod.ts", "./messages/mod.ts"), []);
});

Deno.test("house: the import law refuses other packages and addresses", () => {
  const told = (specifier: string) =>
    `cookies/x.ts imports "${specifier}": the library may import @std/*, node:* and its own files by relative paths only`;
  for (const specifier of ["hono", "npm:hono@4", "jsr:@std/assert@1", "https://example.com/x.ts", "@nuages/web"]) {
    assertEquals(complaints("cookies/x.ts", specifier), [told(specifier)]);
  }
});

Deno.test("house: the import law refuses imports against the direction", () => {
  assertEquals(complaints("cookies/x.ts", "../middleware/handler.ts"), [
    'cookies/x.ts imports "../middleware/handler.ts" against the direction ' +
    "cookies → middleware → sessions → messages → auth → project → testing → check → mod.ts: move what both need to the left",
  ]);
  assertEquals(complaints("messages/x.ts", "../mod.ts").length, 1);
});

Deno.test("house: the import law refuses doors, the private files of others, and what is not the library", () => {
  assertEquals(complaints("sessions/x.ts", "../cookies/mod.ts"), [
    'sessions/x.ts imports the door "../cookies/mod.ts": import the file that has what it needs',
  ]);
  assertEquals(complaints("cookies/x.ts", "./mod.ts").length, 1);
  assertEquals(complaints("sessions/x.ts", "../cookies/_rules.ts"), [
    'sessions/x.ts imports "../cookies/_rules.ts", which is private to cookies/: ' +
    "take the underscore off its name, or move it",
  ]);
  assertEquals(complaints("sessions/x.ts", "../tools/jsr.ts"), [
    'sessions/x.ts imports "../tools/jsr.ts", which is not in the library: move what it needs',
  ]);
});

Deno.test("house: the import law refuses an import that is only known at run time", () => {
  assertEquals(importComplaints({ path: "cookies/x.ts", text: "await import(name);" }), [
    "cookies/x.ts imports what is only known when it runs: name the module in the import",
  ]);
});

Deno.test("house: the import law refuses to load Node's modules, or what brings them, with a door", () => {
  assertEquals(complaints("sessions/x.ts", "node:crypto"), [
    'sessions/x.ts loads "node:crypto" with the door: import its types only, and the module through lazyNode() of cookies/',
  ]);
  assertEquals(complaints("sessions/x.ts", "@std/path/join").length, 1);
  const types =
    'import type { KeyObject } from "node:crypto"; export type { Buffer } from "node:buffer"; let a: typeof import("node:net");';
  assertEquals(importComplaints({ path: "sessions/x.ts", text: types }), []);
});

function complaints(path: string, specifier: string): string[] {
  return importComplaints({ path, text: `import "${specifier}";` });
}
