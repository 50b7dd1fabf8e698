/** The report as a page. */

import type { Table } from "./figure.ts";
import type { Machine } from "./machine.ts";
import type { Report } from "./report.ts";
import { figureTable } from "./words.ts";

/**
 * Writes the page.
 *
 * @param report What was found.
 * @param findings What was found out about it by hand, in Markdown.
 */
export function markdownOf({ machine, rounds, seconds, sections }: Report, findings: string): string {
  const figures = sections.flatMap((section) => section.figures);
  const tables = sections.flatMap((section) => section.tables ?? []);
  const notes = sections.flatMap((section) => section.notes ?? []);
  return [
    "# Performance",
    "<!-- Written by `deno task bench`: change what measures, not this page. -->",
    `The last run of \`deno task bench\`. ${HOW}`,
    machineText(machine) + `\n- Rounds: ${rounds} as a rule, ${seconds} s for each side in each`,
    "## Figures",
    tableText(figureTable(figures)),
    READING,
    ...notes.length === 0 ? [] : ["What the checks let pass, or was measured in a way that has to be said:"],
    ...notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")],
    ...tables.flatMap((table) => [`## ${table.title}`, ...table.about ? [table.about] : [], tableText(table)]),
    "## What stands behind it",
    findings.trim(),
  ].join("\n\n");
}

const HOW =
  "All sides of a comparison were up at once and measured for a moment in turn, round after round; a ratio is the median of the ratios of the rounds, with its " +
  "quartiles. Every side was checked to give the same bytes and headers before it was timed. How and why: [bench/README.md](../../bench/README.md).";

const READING =
  "A ratio is ours divided by the other. _Requests/s of processor_ are requests a second of the time that the server was on a processor: what else the machine did, and " +
  "how fast the load generator was, hardly change them; the last column has the ratio by the clock. A goal is met by the median.";

function machineText(machine: Machine): string {
  const { day, processor, memory, system, versions, arrangement, load } = machine;
  return [
    `- Day: ${day}`,
    `- Machine: ${processor}, ${memory} of memory, ${system}`,
    `- Arrangement: ${arrangement}; load averages of the machine at the end: ${load}`,
    `- Versions: ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")}`,
  ].join("\n");
}

function tableText({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
