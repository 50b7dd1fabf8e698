/** The tables of docs/from-django.md: nothing of Django's is missing, no cell is empty, and what they name is there. */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { codeIn, type Exported, readExports, rowsOf, strayNames } from "./_guide_names.ts";
import { DJANGO_PYTHON, NO_DJANGO } from "../django/_python.ts";
import { python } from "./_python.ts";

const guide = await Deno.readTextFile(new URL("../../docs/from-django.md", import.meta.url));
const [, tables = ""] = guide.split("\n## What corresponds to what\n");

Deno.test("from-django.md: no cell of its tables is empty, and none says none without the reason", () => {
  const rows = rowsOf(guide);
  assert(rows.length > 250);
  for (const row of rows) {
    for (const cell of row) assert(/[\p{L}\p{N}]/u.test(cell), `an empty cell in ${row.join(" | ")}`);
    assert(!/^none[.:]?$/i.test(row[1]!), `none without the reason: ${row[0]}`);
  }
  for (const row of rowsOf(tables)) assertEquals(row.length, 2, row.join(" | "));
});

Deno.test("from-django.md: every counterpart is exported by a door, and has the options and members that are named", async () => {
  const exported = await readExports();
  const stray = rowsOf(tables).flatMap(([django, here]) =>
    codeIn(here!).flatMap((code) => strayNames(code, exported)).map((name) => `${name} (${django})`)
  );
  assertEquals(stray, []);
});

Deno.test("the check of counterparts finds names that lead nowhere", () => {
  const exported: Exported = {
    names: new Set(["csrf", "pipeline", "Session"]),
    members: (name) => new Set(name === "Session" ? ["get"] : []),
    allMembers: new Set(["cookie", "name", "keys", "csrfToken"]),
  };
  const strayOf = (code: string) => strayNames(code, exported);
  for (
    const code of [
      "csrf()",
      "csrf({ cookie: { name } })",
      "await context.csrfToken()",
      "session.get()",
      "new Response()",
      '"GET /"',
    ]
  ) {
    assertEquals([code, strayOf(code)], [code, []]);
  }
  assertEquals(strayOf("csfr()"), ["csfr"]);
  assertEquals(strayOf("csrf({ cookies: { name } })"), ["cookies"]);
  assertEquals(strayOf("csrf({ cookie: { nam: 1, name } })"), ["nam"]);
  assertEquals(strayOf("context.csrfTokens()"), ["context.csrfTokens"]);
  assertEquals(strayOf("session.fetch()"), ["session.fetch"]);
  assertEquals(strayOf("request.COOKIES"), ["request.COOKIES"]);
});

Deno.test("from-django.md: links lead somewhere, also those within the page", async () => {
  const headings = new Set(
    [...guide.matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
      text!.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-")
    ),
  );
  for (const [, target] of guide.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    if (target!.startsWith("#")) assert(headings.has(target!.slice(1)), target);
    else await Deno.stat(new URL(`../../docs/${target!.split("#")[0]}`, import.meta.url));
  }
});

Deno.test({
  name: DJANGO_PYTHON === undefined
    ? `from-django.md: nothing of Django's is missing (${NO_DJANGO})`
    : "from-django.md: nothing of Django's is missing",
  ignore: DJANGO_PYTHON === undefined,
  async fn() {
    const asked = fromFileUrl(new URL("_django_names.py", import.meta.url));
    const there: Record<string, string[]> = JSON.parse(await python([asked]));
    const named = new Set(
      rowsOf(tables).flatMap(([django]) => codeIn(django!)).flatMap((code) => code.match(/\w+/g) ?? []),
    );
    const missing = Object.entries(there).map(([group, names]) => [group, names.filter((name) => !named.has(name))]);
    assertEquals(missing.filter(([, names]) => names!.length > 0), []);
    assert(Object.values(there).flat().length > 300);
  },
});
