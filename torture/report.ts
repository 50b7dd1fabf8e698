// deno-lint-ignore-file no-console -- it prints a report

/** What came of the torture, for the terminal and for the page. */

import type { Row, Skipped } from "./experiment.ts";
import type { Machine } from "./machine.ts";

/** What came of one experiment. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly skipped: readonly Skipped[];
  readonly machine: Machine;
  /** How long it took. */
  readonly seconds: number;
}

/** Prints a section on the terminal. */
export function printSection(section: Section): void {
  const table = tableOf(section);
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table) console.log("  " + row.map((cell, column) => cell.padEnd(widths[column]!)).join("  "));
  for (const row of section.rows) for (const remark of remarksOf(row)) console.log(`  ${row.store}: ${remark}`);
}

/**
 * The page, in Markdown.
 *
 * @param sections What came of the experiments.
 * @param findings What was found out about it by hand.
 */
export function pageOf(sections: readonly Section[], findings: string): string {
  const { machine } = sections[0]!;
  const versions = Object.assign({}, ...sections.map(({ machine }) => machine.versions)) as Record<string, string>;
  return [
    "# Sessions under torture",
    "<!-- Written by `deno task torture`: change what tries, not this page. -->",
    "What `deno task torture` has seen last: real databases, several processes on one machine. What each experiment does, and how it is run: [torture/README.md](../../torture/README.md). A short form of the first four runs with the tests.",
    `- Machine: ${machine.kind}\n- Versions: ${Object.entries(versions).map((pair) => pair.join(" ")).join(", ")}`,
    ...sections.flatMap(sectionParts),
    "## What stands behind it",
    findings.trim(),
  ].join("\n\n");
}

function sectionParts(section: Section): string[] {
  const { title, about, rows, skipped, machine, seconds } = section;
  const complaints = rows.filter((row) => !row.isBeside).flatMap((row) =>
    remarksOf(row).map((remark) => `- **${row.store}**: ${remark}`)
  );
  return [
    `## ${title}`,
    about,
    markdownTable(tableOf(section)),
    ...complaints.length === 0 ? [] : [complaints.join("\n")],
    ...skipped.length === 0
      ? []
      : [skipped.map(({ store, skipped }) => `- not tried: ${store}, ${skipped}`).join("\n")],
    `_${machine.day}, ${seconds} s; load averages of the machine at the end ${machine.load}._`,
  ];
}

function tableOf({ columns, rows }: Section): string[][] {
  return [["store", ...columns, ""], ...rows.map((row) => [row.store, ...row.seen, verdictOf(row)])];
}

function verdictOf({ isBeside, broken, floor = [] }: Row): string {
  if (isBeside) return "";
  if (broken.length > 0) return "DOES NOT HOLD";
  return floor.length > 0 ? "missed, as without a store" : "holds";
}

function remarksOf({ broken, floor = [] }: Row): string[] {
  return [...broken, ...floor.map((remark) => `${remark}, which is not the store's`)];
}

function markdownTable([head, ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head!), line(head!.map(() => "---")), ...rows.map(line)].join("\n");
}
