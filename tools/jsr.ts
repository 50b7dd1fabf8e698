/**
 * Finds out whether JSR can be reached from here.
 *
 * Deno itself is asked, in a process of its own: so what counts is what will happen to the real imports, with the same
 * cache, proxy and certificates. Where JSR is refused this takes about a tenth of a second, where connections hang it is
 * ended after {@linkcode PROBE_TIMEOUT_MS}.
 *
 * `NUAGES_JSR=yes` or `NUAGES_JSR=no` in the environment answers instead and nothing is probed. The tools set it for
 * every process they start, so that a test that starts Deno again is spared the question.
 */

import { CONFIG, ROOT } from "./project.ts";

/** The environment variable that answers instead of the probe: `yes` or `no`. */
export const JSR_VARIABLE = "NUAGES_JSR";

/** After how many milliseconds a silent network counts as one without JSR. */
export const PROBE_TIMEOUT_MS = 5000;

/** Says whether the `jsr:` imports of `deno.json` can be loaded here. */
export async function isJsrReachable(): Promise<boolean> {
  const told = Deno.env.get(JSR_VARIABLE);
  if (told === "yes") return true;
  if (told === "no") return false;
  if (told !== undefined && told !== "") {
    throw new TypeError(`Cannot use ${JSR_VARIABLE} as it must be "yes" or "no": received "${told}"`);
  }
  return await loads(`${CONFIG.imports["@std/fmt"]}/bytes`);
}

async function loads(specifier: string): Promise<boolean> {
  const probe = new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", "--no-lock", specifier],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => probe.kill("SIGKILL"), PROBE_TIMEOUT_MS);
  try {
    return (await probe.status).success;
  } finally {
    clearTimeout(timer);
  }
}
