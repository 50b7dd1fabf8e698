// deno-lint-ignore-file no-console -- a command talks to its user

/**
 * `deno task headers`: lets scanners of others look at a site on `recommended()`, and writes what they say to docs/evidence/headers.md. It ends with 1 if one of them finds something.
 */

import { ROOT } from "../project.ts";
import { evaluate } from "./csp.ts";
import { installObservatory, scanWithObservatory } from "./observatory.ts";
import { headersPage, type ScannedAnswer, type ScannedSite } from "./page.ts";
import { makeCertificate, serveBoth } from "./serve.ts";
import { scannedSite } from "./site.ts";

/** What the site is told: with https for good, and without a word. */
const SITES = [
  {
    told: "recommended({ keys, store, hosts, security: { hstsSeconds: 31_536_000, sslRedirect: true } })",
    security: { hstsSeconds: 31_536_000, sslRedirect: true },
  },
  { told: "recommended({ keys, store, hosts })", security: {} },
];

const ANSWERS: readonly [what: string, path: string, init?: RequestInit][] = [
  ["a page with a nonce", "/"],
  ["a page without", "/plain/"],
  ["a page that isn't there", "/nowhere/"],
  ["another method", "/plain/", { method: "DELETE", headers: { "Sec-Fetch-Site": "same-origin" } }],
  ["an exception", "/broken/"],
  ["a form of another site", "/", { method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } }],
  ["a slash that was forgotten", "/plain"],
  ["sent to sign in", "/account/"],
];

const EVERYWHERE = [
  ...["Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Origin-Agent-Cluster"],
  ...[
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
  ],
];

const directory = await Deno.makeTempDir({ prefix: "nuages_headers_" });
try {
  await installObservatory(directory);
  const certificate = await makeCertificate(directory);
  const sites: ScannedSite[] = [];
  let answers: ScannedAnswer[] = [];
  for (const { told, security } of SITES) {
    await using served = serveBoth(scannedSite(security), certificate);
    sites.push({ told, report: await scanWithObservatory(directory, served.host, certificate.authority) });
    if (answers.length === 0) answers = await look(served.host, await Deno.readTextFile(certificate.authority));
  }
  const page = "docs/evidence/headers.md";
  const findings = await Deno.readTextFile(new URL("findings.md", import.meta.url));
  await Deno.writeTextFile(ROOT + page, headersPage(sites, answers, findings));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", page], cwd: ROOT }).output();

  const failed = Object.entries(sites[0]!.report.tests).filter(([, { pass }]) => !pass).map(([name]) => name);
  const odd = answers.filter(({ findings, lacks }) => findings.length + lacks.length > 0).map(({ what }) => what);
  console.log(`Written: ${page}`);
  console.log(`Observatory: ${sites.map(({ report }) => `${report.scan.grade} (${report.scan.score})`).join(", ")}`);
  console.log(failed.length + odd.length === 0 ? "Nothing found." : `FOUND: ${[...failed, ...odd].join(", ")}`);
  Deno.exitCode = failed.length + odd.length === 0 ? 0 : 1;
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function look(host: string, authority: string): Promise<ScannedAnswer[]> {
  using client = Deno.createHttpClient({ caCerts: [authority] });
  const answers: ScannedAnswer[] = [];
  for (const [what, path, init] of ANSWERS) {
    const response = await fetch(`https://${host}${path}`, { ...init, client, redirect: "manual" });
    await response.body?.cancel();
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    const lacks = EVERYWHERE.filter((name) => !response.headers.has(name));
    answers.push({ what, status: response.status, policy, findings: evaluate(policy), lacks });
  }
  return answers;
}
