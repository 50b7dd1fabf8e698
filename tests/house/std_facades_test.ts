import { assert, assertEquals } from "@std/assert";
import { facades } from "../../tools/import_map.ts";
import { CONFIG, ROOT, ROOT_URL } from "../../tools/project.ts";
import { libraryFiles, projectPaths, readProjectFile } from "./_library.ts";
import { specifiersOf } from "./_import_law.ts";

/** The one version of the npm package that all facades speak for. */
const NPM_MODULE = /"npm:(deno-std@1\.4\.0\/[a-z0-9_/]+\.js)"/;

Deno.test("tools/std: every @std package that is imported anywhere is in deno.json", async () => {
  const sources = (await projectPaths()).filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  const imported = new Set(sources.map(readProjectFile).flatMap(specifiersOf).map(packageOf));
  const missing = [...imported].filter((name) => name !== undefined && !(name in CONFIG.imports));
  assertEquals(missing, [], 'add them to the imports of deno.json: "@std/x": "jsr:@std/x@^1"');
});

Deno.test("tools/std: deno.json lists no @std package that nobody imports", async () => {
  const sources = (await projectPaths()).filter((path) => path.endsWith(".ts") || path.endsWith(".md"));
  const text = sources.map((path) => readProjectFile(path).text).join("\n");
  const listed = Object.keys(CONFIG.imports).filter((name) => name.startsWith("@std/"));
  assertEquals(listed.filter((name) => !text.includes(`from "${name}`)), [], "take them out of deno.json");
});

Deno.test("tools/std: every specifier that the library imports has a stand-in", () => {
  const there = facades().map(({ specifier }) => specifier);
  const wanted = libraryFiles().flatMap(specifiersOf).filter((specifier) => packageOf(specifier) !== undefined);
  assertEquals(wanted.filter((specifier) => !there.includes(specifier!)), [], "see tools/std/README.md");
});

Deno.test("tools/std: every stand-in is in a package of deno.json", () => {
  const all = [...Deno.readDirSync(new URL("tools/std/", ROOT_URL))].filter(({ isDirectory }) => isDirectory);
  const packages = all.map(({ name }) => `@std/${name.replaceAll("_", "-")}`);
  assertEquals(packages.filter((name) => !(name in CONFIG.imports)), [], "it stands for nothing: remove it, or add it");
});

Deno.test("tools/std: the stand-ins take their code from one version of one npm package", () => {
  const strangers = facades().map(({ path }) => readProjectFile(path))
    .filter(({ text }) => /\b(npm|jsr|https?):/.test(text) && !NPM_MODULE.test(text));
  assertEquals(strangers.map(({ path }) => path), []);
});

Deno.test("tools/std: what a stand-in declares is there when it runs, here and in the real module", async () => {
  const missing: string[] = [];
  for (const { specifier, path } of facades()) {
    const declared = await valuesDeclaredIn(path);
    assert(declared.length > 0, `${path} declares nothing`);
    const standIn = await import(new URL(path, ROOT_URL).href);
    // Where JSR is reached this is the real module.
    const real = await import(specifier);
    for (const name of declared) {
      if (!(name in standIn)) missing.push(`${path} has no ${name}: its .d.ts promises it`);
      if (!(name in real)) missing.push(`${specifier} has no ${name}: ${path} promises it`);
    }
  }
  assertEquals(missing, []);
});

function packageOf(specifier: string | undefined): string | undefined {
  return /^@std\/[^/]+/.exec(specifier ?? "")?.[0];
}

async function valuesDeclaredIn(path: string): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "--no-lock", path],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`Cannot read ${path}: ${new TextDecoder().decode(stderr)}`);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: { name: string; declarations: { kind: string }[] }[] }>;
  };
  const kinds = ["function", "class", "variable"];
  return Object.values(nodes).flatMap(({ symbols }) => symbols)
    .filter(({ declarations }) => declarations.some(({ kind }) => kinds.includes(kind)))
    .map(({ name }) => name);
}
