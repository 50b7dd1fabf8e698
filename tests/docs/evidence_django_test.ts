import { assert, assertEquals } from "@std/assert";
import { rowsOf } from "./_guide_names.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("docs/evidence/django.md: every test that holds a behaviour of Django's is there, under its name", async () => {
  const rows = rowsOf(await Deno.readTextFile(new URL("docs/evidence/django.md", ROOT)));
  assert(rows.length > 120);
  const sources = new Map<string, string>();
  const missing: string[] = [];
  for (const [behaviour, how, tests = ""] of rows) {
    assert(how === "the same" || how === "differs", behaviour);
    const held = [...tests.matchAll(/\]\(\.\.\/\.\.\/([^)]+)\): “([^”]+)”/g)];
    assert(held.length > 0, behaviour);
    for (const [, path, name] of held) {
      const source = sources.get(path!) ?? (await Deno.readTextFile(new URL(path!, ROOT))).replaceAll('\\"', '"');
      sources.set(path!, source);
      if (!source.includes(name!)) missing.push(`${path}: ${name}`);
    }
  }
  assertEquals(missing, []);
});
