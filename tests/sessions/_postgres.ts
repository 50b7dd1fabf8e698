/** A real PostgreSQL server, for tests. */

import { findProgram, freePort, run, serverDirectory, serverUser, untilDone } from "./_servers.ts";

/** A running server with a database of its own. */
export interface PostgresServer extends AsyncDisposable {
  /** Where it is: the address that clients are given. */
  readonly url: string;
  /** Kills it at once, as a power failure would, and returns when it is dead. */
  kill(): Promise<void>;
  /** Starts it again on the same data, and returns when it listens. */
  start(): Promise<void>;
}

/** Where the executable is: in `POSTGRES`, in Debian's folder or on the path; `undefined` if it isn't installed. */
export const POSTGRES: string | undefined = findProgram(
  ...[Deno.env.get("POSTGRES") ?? [], [17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`)]
    .flat(),
  "postgres",
);

/** What a test that needs the server says when there is none. */
export const NO_POSTGRES = "needs PostgreSQL on the path or in POSTGRES (apt-get install postgresql)";

/** Starts a server with an empty database on a free port of this machine. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const user = await serverUser("postgres");
  const directory = await serverDirectory(user);
  const port = freePort();
  const options = { cwd: directory, ...user };
  await run(POSTGRES!.replace(/postgres$/, "initdb"), {
    ...options,
    args: ["-D", `${directory}/data`, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
  });
  const all = { "port": String(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "", ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let server: Deno.ChildProcess;
  const spawn = async () => {
    server = new Deno.Command(POSTGRES!, {
      ...options,
      args: ["-D", `${directory}/data`, ...args],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await untilReady(server, port);
  };
  // One that was killed leaves processes that take a moment to notice; as long as they hold its memory, another one refuses to start.
  const start = () => untilDone(spawn, "PostgreSQL does not start");
  const end = async (signal: Deno.Signal) => {
    server.kill(signal);
    await server.status;
  };
  await start();
  return {
    url: `postgres://tests@127.0.0.1:${port}/postgres`,
    start,
    kill: () => end("SIGKILL"),
    async [Symbol.asyncDispose]() {
      await end("SIGINT").catch(() => {});
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function untilReady(server: Deno.ChildProcess, port: number): Promise<void> {
  let hasEnded = false;
  server.status.then(() => hasEnded = true);
  await untilDone(async () => {
    // Nobody waits for one that has refused to start: what still knocked at its port would outlive the test.
    if (!hasEnded) await assertReady(port);
  }, "PostgreSQL does not listen, or refuses connections");
  if (hasEnded) throw new Error("it has ended by itself");
}

/** It listens before it is ready: after a crash it repairs its files first. The answer to a greeting tells. */
async function assertReady(port: number): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const parameters = new TextEncoder().encode("user\0tests\0database\0postgres\0\0");
  const greeting = new Uint8Array(8 + parameters.length);
  const view = new DataView(greeting.buffer);
  view.setInt32(0, greeting.length);
  view.setInt32(4, 196_608);
  greeting.set(parameters, 8);
  await connection.write(greeting);
  const answer = new Uint8Array(1);
  await connection.read(answer);
  if (answer[0] !== "R".charCodeAt(0)) throw new Error("it is not ready");
}
