/** A real Django that answers questions, for tests. */

/** What Django makes of one thing: a value, or the name of the exception. */
export type Answer<T> = { readonly value: T; readonly error?: undefined; readonly message?: undefined } | {
  readonly value?: undefined;
  readonly error: string;
  readonly message: string;
};

/** How it is asked. */
export interface Asking {
  /** The time Django takes it for, in seconds since the epoch; by default it is now. */
  readonly now?: number;
  /** Django's settings that differ. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A Django that runs. */
export interface Django extends AsyncDisposable {
  /** Its version. */
  readonly version: string;
  /** Asks for the same of many things; the commands are those of `_oracle.py`. */
  // deno-lint-ignore no-explicit-any -- the command says what comes back
  all<T = any>(command: string, items: readonly object[], asking?: Asking): Promise<Answer<T>[]>;
  /** Asks for one thing; an exception there is one here. */
  // deno-lint-ignore no-explicit-any -- as above
  one<T = any>(command: string, item: object, asking?: Asking): Promise<T>;
}

/** What Django is started with. */
export interface DjangoOptions {
  /** Its `SECRET_KEY`. */
  readonly key: string;
  /** Its `SECRET_KEY_FALLBACKS`. */
  readonly fallbacks?: readonly string[];
  /** The languages of its site. */
  readonly languages?: readonly string[];
}

/** The keys of both sides in tests. */
export const KEY = "a key for tests only, never for visitors: 0123456789";
/** Their older key. */
export const OLDER_KEY = "an older key for tests only, never for visitors: 987";
/** A key that neither side has. */
export const FOREIGN_KEY = "a key that neither side has, for tests only: 24680";

/** A Python that has Django: where the variable `DJANGO_PYTHON` says, or on the path; `undefined` if there is none. */
export const DJANGO_PYTHON: string | undefined = [Deno.env.get("DJANGO_PYTHON"), "python3"].find(hasDjango);

/** What a test that needs it says when there is none. */
export const NO_DJANGO = "needs Django 5.2 for python3 or for the Python in DJANGO_PYTHON (pip install django==5.2.19)";

/**
 * A test of several steps that asks one Django; without Django it is skipped.
 *
 * @param name What is compared.
 * @param steps What each step says, and does.
 * @param options What Django is started with.
 */
export function djangoTest(
  name: string,
  steps: Readonly<Record<string, (django: Django) => Promise<void>>>,
  options: DjangoOptions = { key: KEY, fallbacks: [OLDER_KEY] },
): void {
  if (DJANGO_PYTHON === undefined) {
    // Whoever has named a Python wants the tests to run: continuous integration does.
    const ignore = Deno.env.get("DJANGO_PYTHON") === undefined;
    return Deno.test({
      name: `Django: ${name} (${NO_DJANGO})`,
      ignore,
      fn: () => Promise.reject(new Error(NO_DJANGO)),
    });
  }
  Deno.test(`Django: ${name}`, async (test) => {
    await using django = await startDjango(options);
    for (const [step, run] of Object.entries(steps)) await test.step(step, () => run(django));
  });
}

/** Starts it. */
export async function startDjango(options: DjangoOptions): Promise<Django> {
  const process = new Deno.Command(DJANGO_PYTHON!, {
    args: [new URL("_oracle.py", import.meta.url).pathname],
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

  async function all(command: string, items: readonly object[], asking: Asking = {}): Promise<Answer<unknown>[]> {
    return await ask({ do: command, items, ...asking }) as Answer<unknown>[];
  }

  const { django } = await ask({ fallbacks: [], ...options }) as { django: string };
  return {
    version: django,
    all: all as Django["all"],
    async one(command, item, asking) {
      const [{ value, error, message }] = await all(command, [item], asking) as [
        Answer<unknown> & { message?: string },
      ];
      if (error !== undefined) throw new Error(`Django: ${error}: ${message}`);
      // deno-lint-ignore no-explicit-any -- the command says what it is
      return value as any;
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await process.status;
    },
  };
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
