/** A real `denokv` server, for tests. */

import { freePort } from "./_servers.ts";

/** A running server with an empty database. */
export interface KvServer extends AsyncDisposable {
  /** Where it is, with the token in the place of a user's name. */
  readonly address: string;
  /** Opens a database on it. */
  open(): Promise<Deno.Kv>;
  /** Kills the process at once. */
  kill(): Promise<void>;
  /** Starts it again on the same data, on the same port. */
  start(): Promise<void>;
}

/** Where the executable is: on the path, or where the variable `DENOKV` says; `undefined` if it isn't installed. */
export const DENOKV: string | undefined = findDenokv();

/** What a test that needs the server says when there is none. */
export const NO_DENOKV = "needs a denokv server on the path or in DENOKV (cargo install denokv --locked)";

/** Starts a server on a free port of this machine. */
export async function startDenokv(): Promise<KvServer> {
  const directory = await Deno.makeTempDir();
  const token = crypto.randomUUID();
  const address = `127.0.0.1:${freePort()}`;
  let server: Deno.ChildProcess | undefined;
  const start = async () => {
    server = new Deno.Command(DENOKV!, {
      args: ["--sqlite-path", `${directory}/kv.sqlite`, "serve", "--access-token", token, "--addr", address],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await untilListening(address);
  };
  const end = async (signal: Deno.Signal) => {
    server?.kill(signal);
    await server?.status;
    server = undefined;
  };
  const stop = async () => {
    await end("SIGTERM");
    await Deno.remove(directory, { recursive: true });
  };
  // The token of a server is given to openKv in this way only; all servers of one test process share it in turn.
  const open = () => {
    Deno.env.set("DENO_KV_ACCESS_TOKEN", token);
    return Deno.openKv(`http://${address}`);
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: `http://${token}@${address}`,
    open,
    kill: () => end("SIGKILL"),
    start,
    [Symbol.asyncDispose]: stop,
  };
}

function findDenokv(): string | undefined {
  const given = Deno.env.get("DENOKV");
  if (given) return given;
  return (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/denokv`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

async function untilListening(address: string): Promise<void> {
  const [hostname, port] = address.split(":") as [string, string];
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      using _connection = await Deno.connect({ hostname, port: Number(port) });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`denokv does not listen on ${address}`);
}
