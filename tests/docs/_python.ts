/** Runs a Python that has Django, for tests of guides. */

import { DJANGO_PYTHON } from "../django/_python.ts";

/** Runs it, with a JSON value on its standard input, and gives what it has written. */
export async function python(args: string[], input: unknown = null): Promise<string> {
  const process = new Deno.Command(DJANGO_PYTHON!, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
