// deno-lint-ignore-file no-console -- it says where it has written

/** The report in files. */

import { ensureDir } from "@std/fs/ensure-dir";
import { ROOT } from "../tools/project.ts";
import { EXPERIMENTS } from "./experiments.ts";
import { pageOf, type Section } from "./report.ts";

/**
 * Leaves what was seen in a folder that git ignores.
 *
 * @param sections What was seen.
 */
export async function writeResults(sections: readonly Section[]): Promise<void> {
  await ensureDir(`${ROOT}torture/.results`);
  await write("torture/.results/sessions.json", JSON.stringify(sections, null, 2));
}

/**
 * Puts what was seen in the place of what was seen before, in the JSON file and on the page.
 *
 * @param sections What was seen. Experiments that were not done keep what they had.
 */
export async function publish(sections: readonly Section[]): Promise<void> {
  const before: Section[] = JSON.parse(await Deno.readTextFile(`${ROOT}${JSON_FILE}`).catch(() => "[]"));
  const newest = (name: string) => [...sections, ...before].find((section) => section.name === name) ?? [];
  const all = EXPERIMENTS.flatMap(({ name }) => newest(name));
  await ensureDir(`${ROOT}docs/evidence`);
  await write(JSON_FILE, JSON.stringify(all, null, 2));
  await write(PAGE, pageOf(all, await Deno.readTextFile(`${ROOT}torture/findings.md`)));
  const args = ["fmt", "--quiet", JSON_FILE, PAGE];
  await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
}

const JSON_FILE = "docs/evidence/sessions.json";
const PAGE = "docs/evidence/sessions.md";

async function write(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(ROOT + path, text + "\n");
  console.log(`Written: ${path}`);
}
