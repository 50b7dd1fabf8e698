/** Google's CSP Evaluator, on what a site really sends. */

import { CspEvaluator } from "csp-evaluator/dist/evaluator.js";
import { CspParser } from "csp-evaluator/dist/parser.js";
import { CONFIG } from "../project.ts";

/** The package, and its version. */
export const EVALUATOR: string = CONFIG.imports["csp-evaluator"]!.replace("npm:", "");

/** A finding: how bad it is, and what it says. 10 is the worst; from 60 on it is advice. */
export interface Finding {
  readonly severity: number;
  readonly directive: string;
  readonly description: string;
}

/**
 * Evaluates a policy.
 *
 * @param policy The value of the header.
 * @returns What it found; nothing is best.
 */
export function evaluate(policy: string): Finding[] {
  const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
  return findings.map(({ severity, directive, description }) => ({ severity, directive, description }));
}
