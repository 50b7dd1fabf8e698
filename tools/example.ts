/** What `deno task example` starts. */

/** Where an example may be, below the root; the first one that is there is meant. */
export function examplePaths(name: string): string[] {
  return [`examples/${name}/main.ts`, `examples/${name}.ts`];
}

/**
 * Gives the arguments for `deno run`: the file of the example and the rest of the command line.
 *
 * @param args What the user wrote after `deno task example`; its first word, if it is no flag, names the example.
 * @param isThere Says whether a path of the project exists.
 * @returns The arguments, or `undefined` if there is no such example.
 */
export function exampleArguments(
  args: readonly string[],
  isThere: (path: string) => boolean,
): string[] | undefined {
  const isNamed = args[0] !== undefined && !args[0].startsWith("-");
  const name = isNamed ? args[0]! : "site";
  const path = /^[a-z0-9_]+$/.test(name) ? examplePaths(name).find(isThere) : undefined;
  return path === undefined ? undefined : ["--allow-all", path, ...args.slice(isNamed ? 1 : 0)];
}
