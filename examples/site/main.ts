// deno-lint-ignore-file no-console -- a command talks to its user

/** Opens the shop: `deno task example`, or `deno task example --store=file --port=8080`. */

import { bold, dim, red } from "@std/fmt/colors";
import { fromFileUrl } from "@std/path";
import { createApp } from "./app.ts";
import { type CommandLine, parseCommandLine, USAGE } from "./command_line.ts";
import { hostsAt } from "./hosts.ts";
import { secretKey } from "./secret_key.ts";
import { type OpenStore, openStore } from "./session_stores.ts";
import { tellEvent } from "./tell_event.ts";

if (import.meta.main) await main();

async function main(): Promise<void> {
  const options = parseCommandLine(Deno.args, fromFileUrl(new URL("./data", import.meta.url)));
  if (typeof options === "string") {
    console.error(`${options}\n\n${USAGE}`);
    Deno.exit(2);
  }
  if (options.help) return console.log(USAGE);
  await open(options);
}

async function open(options: CommandLine): Promise<void> {
  // For this user only: the key is in it, and what the sessions hold.
  await Deno.mkdir(options.data, { recursive: true, mode: 0o700 });
  const sessions = await openStore(options.store, options.data);
  try {
    const { store, records } = sessions;
    const { hostname, port, debug } = options;
    const keys = [await secretKey(options.data)];
    const app = createApp({ store, records, keys, debug, hosts: hostsAt(hostname), onEvent: tellEvent });
    const server = Deno.serve({ hostname, port, onListen: (address) => greet(address, sessions) }, app);
    closeOnSignal(server);
    await server.finished;
    console.log("\n  The shop is closed.");
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    console.error(red(`Port ${options.port} is taken: choose another one, such as --port=${options.port + 1}`));
    Deno.exitCode = 1;
  } finally {
    sessions.close();
  }
}

/** Lets the requests under way end. A second signal does not wait for them. */
function closeOnSignal(server: Deno.HttpServer): void {
  let isClosing = false;
  const close = () => {
    if (isClosing) Deno.exit(130);
    isClosing = true;
    server.shutdown();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (Deno.build.os !== "windows" || signal === "SIGINT") Deno.addSignalListener(signal, close);
  }
}

function greet({ hostname, port }: Deno.NetAddr, { place, lasts, exact }: OpenStore): void {
  const outcome = exact ? "nothing is lost, nothing comes back" : "the last answer wins";
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  console.log(`
  ${bold("Librairie des Nuages is open:")}  http://${host}:${port}/

  Sessions  ${place}

  Try       put a book into the cart, stop the shop, start it again: the book is ${lasts ? "still there" : "gone"}
            empty the cart in one tab while you add a book in another: ${outcome}
            make an account, sign in with another browser too, and end one of them from the other
            switch JavaScript off: everything still works
            look at /breakage/ for what happens when something fails

  ${dim("Ctrl-C closes the shop; --help shows what else there is")}
`);
}
