/** A real `denokv` server, for tests. */

import { findProgram, freePort, untilListening } from "./_servers.ts";

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
export const DENOKV: string | undefined = findProgram(...[Deno.env.get("DENOKV") ?? []].flat(), "denokv");

/** What a test that needs the server says when there is none. */
export const NO_DENOKV = "needs a denokv server on the path or in DENOKV (cargo install denokv --locked)";

/** Starts a server on a free port of this machine. */
export async function startDenokv(): Promise<KvServer> {
  const directory = await Deno.makeTempDir();
  const token = crypto.randomUUID();
  const port = freePort();
  const address = `127.0.0.1:${port}`;
  let server: Deno.ChildProcess | undefined;
  const start = async () => {
    server = new Deno.Command(DENOKV!, {
      args: ["--sqlite-path", `${directory}/kv.sqlite`, "serve", "--access-token", token, "--addr", address],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await untilListening(port, "denokv");
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
