/** The report as a page. */

import { EVALUATOR, type Finding } from "./csp.ts";
import { OBSERVATORY, type ObservatoryReport } from "./observatory.ts";

/** What was seen of one site. */
export interface ScannedSite {
  /** What it is told, as it stands in a program. */
  readonly told: string;
  readonly report: ObservatoryReport;
}

/** What was seen of one answer. */
export interface ScannedAnswer {
  readonly what: string;
  readonly status: number;
  readonly policy: string;
  readonly findings: readonly Finding[];
  /** Of the headers that belong on every answer, those that it lacks. */
  readonly lacks: readonly string[];
}

/**
 * Makes the page.
 *
 * @param sites What the Observatory says of the sites.
 * @param answers What the evaluator says of the answers of the first.
 * @param findings What is to be said about that.
 */
export function headersPage(
  sites: readonly ScannedSite[],
  answers: readonly ScannedAnswer[],
  findings: string,
): string {
  return `# Security headers, seen from outside

<!-- Written by \`deno task headers\`: change the site or the findings, not this page. -->

A small site on \`recommended()\`, with a session, a form, messages, a script and a style sheet, behind a proxy on this machine (http and https, with a certificate that the scanner trusts), seen by
two scanners of others: MDN's HTTP Observatory (\`${OBSERVATORY.name}@${OBSERVATORY.version}\`, its algorithm ${
    sites[0]!.report.scan.algorithmVersion
  }) and Google's CSP Evaluator (\`${EVALUATOR}\`). \`deno task headers\` does it again; it needs \`openssl\` and fetches the Observatory.

${sites.map(siteSection).join("\n\n")}

## Google's CSP Evaluator, and the headers of every answer

Of the first site. _Lacks_ counts the headers of [recommended()](../recommended.md) that are missing.

| answer | status | findings | lacks | policy |
| --- | --- | --- | --- | --- |
${answers.map(answerRow).join("\n")}

${findings.trim()}
`;
}

function siteSection({ told, report: { scan, tests } }: ScannedSite): string {
  const rows = Object.entries(tests).map(([name, { pass, result, scoreModifier }]) => {
    return `| ${name} | ${pass ? "passed" : "**failed**"} | ${result} | ${scoreModifier} |`;
  });
  return `## \`${told}\`

HTTP Observatory: **${scan.grade}**, ${scan.score} points, ${scan.testsPassed} of ${scan.testsQuantity} tests passed.

| test | | result | points |
| --- | --- | --- | --- |
${rows.join("\n")}`;
}

function answerRow({ what, status, policy, findings, lacks }: ScannedAnswer): string {
  const found = findings.map(({ severity, directive, description }) => `${severity}: ${directive} ${description}`);
  const shown = policy.replace(/nonce-[\w-]+/g, "nonce-…");
  return `| ${what} | ${status} | ${found.join("; ") || "none"} | ${lacks.join(", ") || "none"} | \`${shown}\` |`;
}
