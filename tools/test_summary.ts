// deno-lint-ignore-file no-console -- a command talks to its user

/**
 * Reads the counts from what `deno test` printed and says them in one line, for machines that read only the last one.
 *
 * ```sh
 * deno run --allow-read tools/test_summary.ts OUTPUT_FILE EXIT_CODE
 * ```
 */

/** What a run of `deno test` came to, in tests (their steps are not counted). */
export interface TestSummary {
  /** Tests that passed. */
  readonly passed: number;
  /** Tests that failed. */
  readonly failed: number;
  /** Tests that were ignored. */
  readonly skipped: number;
}

/**
 * Reads the summary that `deno test` prints once, at its end.
 *
 * A test may print such a line too, when it starts Deno again: so the last one counts, and it must agree with the exit
 * code, which a runner that broke down after such a test does not.
 *
 * @param output All that was printed; colours do not matter.
 * @param exitCode What the run exited with.
 * @returns The counts.
 * @throws {Error} If there is no summary, no test, or a summary that the exit code contradicts.
 */
export function readSummary(output: string, exitCode: number): TestSummary {
  const last = [...stripColours(output).matchAll(SUMMARY_REGEXP)].at(-1)?.groups;
  if (last === undefined) throw new Error(`Cannot find a summary of the tests: they ended with exit code ${exitCode}`);
  const summary = { passed: count(last.passed), failed: count(last.failed), skipped: count(last.skipped) };
  const isGreen = last.verdict === "ok" && summary.failed === 0;
  if (isGreen !== (exitCode === 0)) {
    throw new Error(`Cannot trust the summary "${last.line}" as the tests ended with exit code ${exitCode}`);
  }
  if (isGreen && summary.passed === 0) throw new Error("Cannot call this a success as no test ran");
  return summary;
}

/** Says the counts in one line: `12 passed, 0 failed, 1 skipped`. */
export function formatSummary({ passed, failed, skipped }: TestSummary): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

const SUMMARY_REGEXP =
  /^(?<line>(?<verdict>ok|FAILED) \| (?<passed>\d+) passed(?: \([^)]*\))? \| (?<failed>\d+) failed(?: \([^)]*\))?(?: \| (?<skipped>\d+) ignored(?: \([^)]*\))?)?(?: \| \d+ measured)?(?: \| \d+ filtered out)? \([^)]*\))\s*$/gm;

function count(digits: string | undefined): number {
  return Number(digits ?? 0);
}

function stripColours(text: string): string {
  // deno-lint-ignore no-control-regex -- that is what colours are made of
  return text.replaceAll(/\x1b\[[0-9;]*m/g, "");
}

if (import.meta.main) {
  const [path = "", exitCode = ""] = Deno.args;
  try {
    console.log(formatSummary(readSummary(Deno.readTextFileSync(path), Number(exitCode))));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
