// deno-lint-ignore-file no-console -- it prints a report

/** Findings on the terminal. */

import type { Findings, Table } from "./figure.ts";
import { figureTable } from "./words.ts";

/** Prints what an experiment has found. */
export function printFindings({ figures, tables = [], notes = [] }: Findings): void {
  if (figures.length > 0) printTable(figureTable(figures));
  for (const table of tables) printTable(table);
  for (const note of notes) console.log(`  ${note}`);
}

function printTable({ title, columns, rows }: Table): void {
  if (title !== "") console.log(`\n  ${title}`);
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]!.length)));
  for (const row of [columns, ...rows]) {
    console.log("  " + row.map((cell, index) => cell.padEnd(widths[index]!)).join("  ").trimEnd());
  }
}
