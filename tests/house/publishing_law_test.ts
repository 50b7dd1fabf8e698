import { assertEquals } from "@std/assert";
import { CONFIG, DOORS, FOLDERS } from "../../tools/project.ts";
import { listedFiles, strangers } from "../../tools/publishing.ts";
import { libraryFiles, projectPaths } from "./_library.ts";

Deno.test("house: nothing is published but the library and its papers", async () => {
  const published = (await projectPaths()).filter(isPublished);
  assertEquals(strangers(published), [], 'would be published too: narrow "publish" in deno.json');
});

Deno.test("house: all of the library is published", () => {
  const missing = libraryFiles().map(({ path }) => path).filter((path) => !isPublished(path));
  assertEquals(missing, [], 'would be missing from the package: add their folder to "publish" in deno.json');
});

Deno.test("house: the doors are those of the design", () => {
  // What docs/decisions/ knows of besides.
  const decided = ["sessions/clear_sessions.ts"];
  const designed = ["mod.ts", ...decided, ...FOLDERS.map((folder) => `${folder}/mod.ts`)];
  assertEquals(DOORS.filter((door) => !designed.includes(door)), [], "a new door is a decision: note it in docs/");
});

Deno.test("strangers() takes tests, benches, examples, tools and foreign files for what they are", () => {
  const library = ["deno.json", "README.md", "LICENSE", "CHANGELOG.md", "mod.ts", "cookies/mod.ts", "cookies/_x.ts"];
  assertEquals(strangers(library), []);
  const foreign = [
    "cookies/signer_test.ts",
    "cookies/signer_bench.ts",
    "cookies/vectors.json",
    "examples/hello.ts",
    "tests/house/_library.ts",
    "tools/run.ts",
    "deno.lock",
    ".gitignore",
    "docs/decisions/0001.md",
    "cookies/.env",
  ];
  assertEquals(strangers([...library, ...foreign]), foreign);
});

Deno.test("listedFiles() reads the list that deno publish prints", () => {
  const output = [
    "Checking for slow types in the public API...",
    "Simulating publish of @nuages/web@0.1.0 with files:",
    "   file:///x/pack%20age/cookies/mod.ts (1.3KB)",
    "   file:///x/pack%20age/deno.json (712B)",
    "Success Dry run complete",
  ].join("\n");
  assertEquals(listedFiles(output, "/x/pack age"), ["cookies/mod.ts", "deno.json"]);
  assertEquals(listedFiles("error: Type checking failed.", "/x"), []);
});

function isPublished(path: string): boolean {
  return CONFIG.publish.include.some((included) => path === included || path.startsWith(`${included}/`));
}
