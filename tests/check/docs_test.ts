/** docs/checks.md knows every rule, and no other. */

import { assert, assertEquals } from "@std/assert";
import { libraryFiles, readProjectFile } from "../house/_library.ts";

const DOCS = readProjectFile("docs/checks.md").text;
const SOURCES = libraryFiles().filter(({ path }) => path.startsWith("check/"));

/** The rules, as their sources write them. */
function rules(): Set<string> {
  const ids = new Set<string>();
  for (const { path, text } of SOURCES) {
    for (const [, id] of text.matchAll(/\bid: (?:\w+ \? )?"(\w+\.\w+)"/g)) ids.add(id!);
    for (const [, id] of text.matchAll(/\? "(\w+\.\w+)" : "\w+\.\w+"/g)) ids.add(id!);
    for (const [, id] of text.matchAll(/ : "(\w+\.\w+)",$/gm)) ids.add(id!);
    if (path === "check/_security_rules.ts") {
      for (const [, id] of text.matchAll(/yield finding\(\s*"(\w+)"/g)) ids.add(`security.${id}`);
    }
    if (path !== "check/_cookie_rules.ts") continue;
    for (const owner of ["session", "csrf", "messages", "language"]) {
      for (const [, id] of text.matchAll(/yield about\(\s*"(\w+)"/g)) {
        const isStrict = id === "cookie_strict" && !["session", "messages"].includes(owner);
        if (!isStrict) ids.add(`${owner}.${id}`);
      }
    }
  }
  for (const owner of ["session", "csrf", "messages"]) ids.add(`${owner}.cookie_secure`);
  for (const owner of ["session", "messages"]) ids.add(`${owner}.cookie_http_only`);
  return ids;
}

/** The rules of the tables. */
function documented(): Set<string> {
  const tables = DOCS.slice(DOCS.indexOf("## The rules"), DOCS.indexOf("## Django's rules"));
  const rows = tables.split("\n").filter((line) => line.startsWith("| `"));
  return new Set(rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`(\w+\.\w+)`/g)].map(([, id]) => id!)));
}

Deno.test("docs/checks.md has every rule, and no other", () => {
  assert(rules().size > 60);
  assertEquals([...documented()].sort(), [...rules()].sort());
});

Deno.test("docs/checks.md answers for every check of Django's for this layer", () => {
  const numbers = (prefix: string, ...names: string[]) => names.map((name) => `${prefix}${name}`);
  const names = [
    ...numbers("W0", ..."01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 25 27".split(" ")),
    ...["E023", "E024", "E026", "E101", "E102", "4_0.E001", "auth.E013", "admin.E408", "E409", "E410", "caches.E001"],
    ...["W002, W003", "sites.E101", "async.E001"],
  ];
  assertEquals(names.filter((name) => !DOCS.includes(name)), []);
});

Deno.test("docs/checks.md speaks of events that there are", () => {
  const events = readProjectFile("docs/events.md").text;
  const told = SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/events: \[([^\]]+)\]/g)].flatMap(([, list]) => list!.match(/[\w.]+/g)!)
  );
  assert(told.length > 5);
  assertEquals(told.filter((name) => !events.includes(`\`${name}\``)), []);
});
