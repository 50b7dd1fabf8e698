/**
 * Findings as a text.
 *
 * @module
 */

import type { Finding } from "./finding.ts";

/**
 * Words findings for people, as the command does.
 *
 * @param findings The findings, as {@linkcode check} gives them.
 * @returns Some lines for each, and one that says how many there are.
 *
 * @example
 * ```ts
 * import { check, reportOf } from "@nuages/web/check";
 * import { pipeline, security } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(security()).use(security()).handle(() => new Response("hello"));
 *
 * assertEquals(
 *   reportOf(check(app)),
 *   `warning  layers.twice
 *   security() is there twice: the inner one has set the headers, so that the outer one's differing options do nothing.
 *   → Leave one of the two out.
 *
 * 1 warning; docs/checks.md explains each.
 * `,
 * );
 * ```
 */
export function reportOf(findings: readonly Finding[]): string {
  const count = (level: Finding["level"], one: string, many: string) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  };
  const counts = [...count("error", "error", "errors"), ...count("warning", "warning", "warnings")];
  counts.push(...count("info", "note", "notes"));
  if (counts.length === 0) return "Nothing found.\n";
  return [...findings.map(paragraph), `${counts.join(", ")}; docs/checks.md explains each.\n`].join("\n");
}

function paragraph({ id, level, message, hint, django = [], problems = [], events = [] }: Finding): string {
  const names = django.length === 0 ? "" : `  (Django: ${django.join(", ")})`;
  const told = events.length === 0 ? "" : `  Events at run time: ${events.join(", ")}\n`;
  const seen = problems.length === 0 ? "" : `  Visitors see: ${problems.join(", ")}\n`;
  return `${level.padEnd(7)}  ${id}${names}\n  ${message}\n  → ${hint}\n${seen}${told}`;
}
