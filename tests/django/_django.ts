/** A real Django that answers questions, for tests. */

import { DJANGO_PYTHON, NO_DJANGO, startPython } from "./_python.ts";

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
  const python = await startPython(new URL("_oracle.py", import.meta.url), { fallbacks: [], ...options });

  async function all(command: string, items: readonly object[], asking: Asking = {}): Promise<Answer<unknown>[]> {
    return await python.ask({ do: command, items, ...asking });
  }

  return {
    version: python.version,
    all: all as Django["all"],
    async one(command, item, asking) {
      const [answer] = await all(command, [item], asking);
      if (answer!.error !== undefined) throw new Error(`Django: ${answer!.error}: ${answer!.message}`);
      // deno-lint-ignore no-explicit-any -- the command says what it is
      return answer!.value as any;
    },
    [Symbol.asyncDispose]: () => python[Symbol.asyncDispose](),
  };
}
