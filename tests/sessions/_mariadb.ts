/** A real MariaDB server, for tests. */

import { findProgram, freePort, run, serverDirectory, serverUser, untilListening } from "./_servers.ts";

/** A running server with a database of its own. */
export interface MariadbServer extends AsyncDisposable {
  /** Where it is: the address that clients are given. */
  readonly url: string;
  /** Kills it at once, and returns when it is dead. */
  kill(): Promise<void>;
  /** Starts it again on the same data, and returns when it listens. */
  start(): Promise<void>;
}

/** Where the executable is: in `MARIADBD`, in Debian's folder or on the path; `undefined` if it isn't installed. */
export const MARIADB: string | undefined = findProgram(
  ...[Deno.env.get("MARIADBD") ?? []].flat(),
  "/usr/sbin/mariadbd",
  "mariadbd",
);

/** What a test that needs the server says when there is none. */
export const NO_MARIADB = "needs MariaDB on the path or in MARIADBD (apt-get install mariadb-server)";

/** Starts a server with an empty database on a free port of this machine. */
export async function startMariadb(settings: Record<string, string> = {}): Promise<MariadbServer> {
  const user = await serverUser("mysql");
  const directory = await serverDirectory(user);
  const port = freePort();
  const options = { cwd: directory, ...user };
  await run(findProgram("mariadb-install-db") ?? "mariadb-install-db", {
    ...options,
    args: [
      "--no-defaults",
      `--datadir=${directory}/data`,
      "--skip-test-db",
      "--auth-root-authentication-method=normal",
    ],
  });
  await Deno.writeTextFile(
    `${directory}/init.sql`,
    "CREATE DATABASE IF NOT EXISTS tests;\nCREATE USER IF NOT EXISTS 'tests'@'127.0.0.1' IDENTIFIED BY 'plainly-fake';\n" +
      "GRANT ALL ON *.* TO 'tests'@'127.0.0.1';\n",
  );
  const all = {
    "datadir": `${directory}/data`,
    "port": String(port),
    "bind-address": "127.0.0.1",
    "socket": `${directory}/socket`,
    "pid-file": `${directory}/pid`,
    "init-file": `${directory}/init.sql`,
    "skip-name-resolve": "ON",
    "innodb-flush-log-at-trx-commit": "2",
    ...settings,
  };
  let server: Deno.ChildProcess;
  const start = async () => {
    server = new Deno.Command(MARIADB!, {
      ...options,
      args: ["--no-defaults", ...Object.entries(all).map(([name, value]) => `--${name}=${value}`)],
      stdout: "null",
      stderr: "null",
    }).spawn();
    // It listens when it has read the init-file.
    await untilListening(port, "MariaDB");
  };
  const end = async (signal: Deno.Signal) => {
    server.kill(signal);
    await server.status;
  };
  await start();
  return {
    url: `mysql://tests:plainly-fake@127.0.0.1:${port}/tests`,
    start,
    kill: () => end("SIGKILL"),
    async [Symbol.asyncDispose]() {
      await end("SIGTERM").catch(() => {});
      await Deno.remove(directory, { recursive: true });
    },
  };
}
