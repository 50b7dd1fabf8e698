/** MDN's HTTP Observatory, as the package that its site runs. */

/** The package, and its version. */
export const OBSERVATORY = { name: "@mdn/mdn-http-observatory", version: "1.4.8" } as const;

/** What it says of a site. */
export interface ObservatoryReport {
  readonly scan: {
    readonly grade: string;
    readonly score: number;
    readonly testsPassed: number;
    readonly testsQuantity: number;
    readonly algorithmVersion: number;
  };
  readonly tests: Readonly<
    Record<string, { readonly pass: boolean; readonly result: string; readonly scoreModifier: number }>
  >;
}

/**
 * Installs it.
 *
 * @param directory Where to.
 */
export async function installObservatory(directory: string): Promise<void> {
  const { name, version } = OBSERVATORY;
  await Deno.writeTextFile(`${directory}/package.json`, JSON.stringify({ dependencies: { [name]: version } }));
  await run(["install", "--quiet", "--node-modules-dir=auto"], directory);
  // It would fetch the list of hosts that browsers hold to https from the start; ours, localhost, is not among them.
  await Deno.writeTextFile(`${directory}/node_modules/${name}/conf/hsts-preload.json`, "{}");
}

/**
 * Scans a site.
 *
 * @param directory Where it is installed.
 * @param host The site's name and port.
 * @param authority The file of the certificate that the site's own is signed with.
 */
export async function scanWithObservatory(
  directory: string,
  host: string,
  authority: string,
): Promise<ObservatoryReport> {
  const script = `node_modules/${OBSERVATORY.name}/src/scan.js`;
  const text = await run(["run", "--quiet", "--allow-all", "--node-modules-dir=auto", script, host], directory, {
    NODE_EXTRA_CA_CERTS: authority,
  });
  return JSON.parse(text);
}

async function run(args: string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, env, stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot run the Observatory: ${decoder.decode(stderr)}${decoder.decode(stdout)}`);
  return decoder.decode(stdout);
}
