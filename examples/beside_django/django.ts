/** The Django side: a Python that has Django, its database, and its server. */

import { fromFileUrl, join } from "@std/path";

/** The version that this was written for. */
export const DJANGO_VERSION = "5.2.19";

/** What both sides are told. */
export interface Settings {
  /** The secret key. */
  readonly key: string;
  /** The file of the database. */
  readonly database: string;
}

/** Says what is being done. */
export type Tell = (line: string) => void;

/** A server that runs. */
export interface DjangoServer extends AsyncDisposable {
  /** Where it is: `http://127.0.0.1:12345`. */
  readonly origin: string;
}

/** The `manage.py` of the Django side. */
export const MANAGE: string = fromFileUrl(new URL("./django_site/manage.py", import.meta.url));

/**
 * A Python that has Django: that of `DJANGO_PYTHON`, that of the folder, or one that is put there with `python3 -m venv` and `pip`.
 *
 * @param folder Where it is kept for the next time.
 * @param tell Says what is being done, since it takes half a minute.
 * @param stop Ends what runs.
 * @returns The path of the executable.
 * @throws {Error} If there is no Python, or Django can't be installed: the message says what to do.
 */
export async function pythonWithDjango(folder: string, tell: Tell, stop?: AbortSignal): Promise<string> {
  const given = Deno.env.get("DJANGO_PYTHON");
  if (given !== undefined && await succeeds(given, ["-c", HAS_DJANGO])) return given;
  const kept = join(folder, "bin", "python");
  if (await succeeds(kept, ["-c", HAS_DJANGO])) return kept;
  if (!await succeeds("python3", ["-c", "import sys; assert sys.version_info >= (3, 10)"])) {
    throw new Error(
      "Cannot start the Django side as there is no python3 from 3.10 on: install Python (python.org, or apt-get install python3 python3-venv), " +
        "or name a Python that has Django 5.2 in DJANGO_PYTHON",
    );
  }
  tell(`Installing Django ${DJANGO_VERSION} into ${folder}, once …`);
  const make = "make a virtual environment (apt-get install python3-venv)";
  await run("python3", ["-m", "venv", "--clear", folder], make, { stop });
  const install = ["-m", "pip", "install", "--quiet", `django==${DJANGO_VERSION}`];
  await run(kept, install, "install Django with pip", { stop });
  return kept;
}

/** Makes the tables, and fills them. What is there already stays. */
export async function prepareDatabase(python: string, settings: Settings, stop?: AbortSignal): Promise<void> {
  for (const command of [["migrate", "--verbosity=0"], ["seed"]]) {
    await run(python, [MANAGE, ...command], `run manage.py ${command[0]}`, { env: environment(settings), stop });
  }
}

/** Starts Django's own server on a free port of this machine, and waits until it answers. */
export async function startDjango(python: string, settings: Settings, stop?: AbortSignal): Promise<DjangoServer> {
  const port = freePort();
  const process = new Deno.Command(python, {
    args: [MANAGE, "runserver", `127.0.0.1:${port}`, "--noreload"],
    env: environment(settings),
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const end = async () => {
    try {
      process.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    await process.status;
  };
  try {
    await untilListening(port, process, stop);
  } catch (error) {
    await end();
    throw error;
  }
  return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: end };
}

const HAS_DJANGO = "import django; assert django.VERSION[:2] >= (5, 2)";

function environment({ key, database }: Settings): Record<string, string> {
  return { SECRET_KEY: key, DATABASE: database, PYTHONDONTWRITEBYTECODE: "1" };
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** What a program is run with. */
interface Running {
  readonly env?: Record<string, string>;
  readonly stop: AbortSignal | undefined;
}

async function run(program: string, args: string[], what: string, { env = {}, stop }: Running): Promise<void> {
  stop?.throwIfAborted();
  const command = new Deno.Command(program, {
    args,
    env,
    ...(stop && { signal: stop }),
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  stop?.throwIfAborted();
  if (success) return;
  const said = new TextDecoder().decode(stderr) || new TextDecoder().decode(stdout);
  throw new Error(`Cannot ${what}: ${said.trim()}`);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Half a minute at most: a machine that is busy starts a Python slowly. */
async function untilListening(port: number, process: Deno.ChildProcess, stop: AbortSignal | undefined): Promise<void> {
  let hasEnded = false;
  process.status.then(() => hasEnded = true);
  for (let attempt = 0; attempt < 300 && !hasEnded; attempt++) {
    stop?.throwIfAborted();
    try {
      using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("Cannot start the Django side: its server doesn't listen, and what it has said is above");
}
