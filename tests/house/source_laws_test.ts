import { assertEquals } from "@std/assert";
import { libraryFiles, projectPaths, readProjectFile } from "./_library.ts";
import { globalComplaints, machineComplaints, MAX_LINES, sizeComplaints } from "./_source_laws.ts";

Deno.test("house: no file of the library is longer than a person can keep in mind", () => {
  assertEquals(libraryFiles().flatMap(sizeComplaints), []);
});

Deno.test("house: the size law counts lines, and a newline at the end is none", () => {
  assertEquals(sizeComplaints({ path: "cookies/x.ts", text: "x\n".repeat(MAX_LINES) }), []);
  assertEquals(sizeComplaints({ path: "cookies/x.ts", text: "x\n".repeat(MAX_LINES) + "x" }), [
    "cookies/x.ts has 251 lines, 250 are the limit: split it by its ideas",
  ]);
});

Deno.test("house: the library does not write to the console and changes no global type", () => {
  assertEquals(libraryFiles().flatMap(globalComplaints), []);
});

Deno.test("house: the law of globals sees what is meant and no comment or string", () => {
  const of = (text: string) => globalComplaints({ path: "cookies/x.ts", text });
  assertEquals(of("// console.log\nconst text = 'console.log'; const consoles = 1;"), []);
  const told = "cookies/x.ts uses console: report an event that a user can listen to";
  assertEquals(of("console.error(1);"), [told]);
  assertEquals(of("globalThis.console.log(1);"), [told]);
  assertEquals(of("const { log } = console;"), [told]);
  assertEquals(of("declare global { interface Window { x: 1 } }").length, 1);
  assertEquals(of('declare module "@std/http" { interface X { x: 1 } }').length, 1);
});

Deno.test("house: no file of the project names a path of a machine or the host of a registry", async () => {
  const texts = (await projectPaths()).filter((path) => !/\.(png|jpe?g|gif|ico|webp|woff2?)$/.test(path));
  const innocent = (path: string) => path.startsWith("tests/house/") && path.includes("source_laws");
  assertEquals(texts.filter((path) => !innocent(path)).map(readProjectFile).flatMap(machineComplaints), []);
});

Deno.test("house: the law of machines sees paths and hosts, and no path of a website", () => {
  const of = (text: string) => machineComplaints({ path: "README.md", text }).length;
  assertEquals(of("see /work/main/x.ts"), 1);
  assertEquals(of('Deno.open("/tmp/sessions")'), 1);
  assertEquals(of("in /root"), 1);
  assertEquals(of("file in /home/ada/x"), 1);
  assertEquals(of("C:\\Users\\ada"), 1);
  assertEquals(of("from https://jsr.io/@nuages/web"), 1);
  assertEquals(of("https://registry.npmjs.org/deno-std"), 1);
  assertEquals(of("https://example.com/work/of/art and ./tmp/x and src/root/x"), 0);
  assertEquals(of("the root / of a site, /cart/, /admin/root/"), 0);
});
