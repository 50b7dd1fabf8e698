// deno-lint-ignore-file no-console -- it says where it has written

/** The report in files. */

import { ensureDir } from "@std/fs/ensure-dir";
import { output } from "../measure/programs.ts";
import { ROOT } from "../../tools/project.ts";
import { markdownOf } from "./markdown.ts";
import type { Report } from "./report.ts";

/** How to write it. */
export interface WriteOptions {
  /** Whether it replaces the last report, or is only left in a folder that git ignores. */
  readonly publish: boolean;
}

/** Writes the report as JSON, and as a page if it is to be published. */
export async function writeReport(report: Report, { publish }: WriteOptions): Promise<void> {
  const folder = publish ? "docs/evidence" : "bench/.results";
  await ensureDir(ROOT + folder);
  const files = [[`${folder}/performance.json`, JSON.stringify(report, null, 2)]];
  if (publish) {
    const findings = await Deno.readTextFile(`${ROOT}bench/findings.md`);
    files.push([`${folder}/performance.md`, markdownOf(report, findings)]);
  }
  for (const [path, text] of files) await Deno.writeTextFile(ROOT + path, text + "\n");
  if (publish) await output([Deno.execPath(), "fmt", "--quiet", ...files.map(([path]) => path!)]);
  console.log(`\nWritten: ${files.map(([path]) => path).join(", ")}`);
}
