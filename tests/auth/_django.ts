/** A real Django that answers questions, for tests. */

/** What can be asked; see `_django_oracle.py`. */
export interface Django extends AsyncDisposable {
  /** Its version. */
  readonly version: string;
  /** Asks for what Django makes of something. */
  // deno-lint-ignore no-explicit-any -- the question says what comes back
  ask(question: Record<string, unknown>): Promise<any>;
}

/** A Python that has Django: where the variable `DJANGO_PYTHON` says, or on the path; `undefined` if there is none. */
export const DJANGO_PYTHON: string | undefined = [Deno.env.get("DJANGO_PYTHON"), "python3"].find(hasDjango);

/** What a test that needs it says when there is none. */
export const NO_DJANGO = "needs Django 5.2 for python3 or for the Python in DJANGO_PYTHON (pip install django==5.2.19)";

/** Starts it with keys. */
export async function startDjango(key: string, fallbacks: readonly string[] = []): Promise<Django> {
  return await startPython(new URL("_django_oracle.py", import.meta.url), { key, fallbacks });
}

/** Starts a program of Python that is asked by line, and begins with what it is told first. */
export async function startPython(program: URL, start: unknown): Promise<Django> {
  const process = new Deno.Command(DJANGO_PYTHON!, {
    args: [program.pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const encoder = new TextEncoder();
  let rest = "";

  async function answer(): Promise<unknown> {
    while (!rest.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("Django has gone without an answer: what it said is above");
      rest += value;
    }
    const [line = "", ...others] = rest.split("\n");
    rest = others.join("\n");
    return JSON.parse(line);
  }

  async function ask(question: unknown): Promise<unknown> {
    await writer.write(encoder.encode(`${JSON.stringify(question)}\n`));
    return await answer();
  }

  return {
    version: String(await ask(start)),
    ask,
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await process.status;
    },
  };
}

/** Whether that Python has a module besides. */
export function pythonHas(module: string): boolean {
  return DJANGO_PYTHON !== undefined && succeeds(DJANGO_PYTHON, `import ${module}`);
}

function hasDjango(python: string | undefined): boolean {
  return !!python && succeeds(python, "import django; assert django.VERSION >= (5, 2)");
}

function succeeds(python: string, program: string): boolean {
  try {
    return new Deno.Command(python, { args: ["-c", program], stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
