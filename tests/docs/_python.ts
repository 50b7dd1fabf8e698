/** A Python that has Django, for tests of guides. */

/** Where it is: where the variable `DJANGO_PYTHON` says, or on the path; `undefined` if there is none. */
export const DJANGO_PYTHON: string | undefined = [Deno.env.get("DJANGO_PYTHON"), "python3"].find(hasDjango);

/** What a test that needs it says when there is none. */
export const NO_DJANGO = "needs Django 5.2 for python3 or for the Python in DJANGO_PYTHON (pip install django==5.2.19)";

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

function hasDjango(python: string | undefined): boolean {
  if (!python) return false;
  try {
    return new Deno.Command(python, { args: ["-c", "import django; assert django.VERSION >= (5, 2)"], stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}
