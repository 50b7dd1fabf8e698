/** Programs of a Python that has Django, for tests. */

import { fromFileUrl } from "@std/path";

/** A program that answers questions. */
export interface Python extends AsyncDisposable {
  /** What it has said at first: its Django's version. */
  readonly version: string;
  /** Asks: the question is a line of JSON, and so is the answer. One at a time. */
  // deno-lint-ignore no-explicit-any -- the question says what comes back
  ask(question: Record<string, unknown>): Promise<any>;
}

/** A Python that has Django: where the variable `DJANGO_PYTHON` says, or on the path; `undefined` if there is none. */
export const DJANGO_PYTHON: string | undefined = [Deno.env.get("DJANGO_PYTHON"), "python3"].find((python) => {
  return !!python && succeeds(python, "import django; assert django.VERSION >= (5, 2)");
});

/** What a test that needs it says when there is none. */
export const NO_DJANGO = "needs Django 5.2 for python3 or for the Python in DJANGO_PYTHON (pip install django==5.2.19)";

/** Whether that Python has a module besides. */
export function pythonHas(module: string): boolean {
  return DJANGO_PYTHON !== undefined && succeeds(DJANGO_PYTHON, `import ${module}`);
}

/** Starts a program that is asked by line, and begins with what it is told first. */
export async function startPython(program: URL, start: unknown): Promise<Python> {
  const process = new Deno.Command(DJANGO_PYTHON!, {
    args: [fromFileUrl(program)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const encoder = new TextEncoder();
  let rest = "";

  async function answer(): Promise<unknown> {
    const pieces: string[] = [];
    for (let piece = rest;;) {
      const end = piece.indexOf("\n");
      if (end >= 0) {
        rest = piece.slice(end + 1);
        pieces.push(piece.slice(0, end));
        return JSON.parse(pieces.join(""));
      }
      pieces.push(piece);
      const { value, done } = await reader.read();
      if (done) throw new Error("Django has gone without an answer: what it said is above");
      piece = value;
    }
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

function succeeds(python: string, program: string): boolean {
  try {
    return new Deno.Command(python, { args: ["-c", program], stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
