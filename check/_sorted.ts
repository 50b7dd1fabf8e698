import type { Finding } from "./finding.ts";

/** Puts the worst first. */
export function sorted(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

const LEVELS = ["error", "warning", "info"];
