// deno-lint-ignore-file no-console -- a command talks to its user

/** Opens a shop that is half Django and half Nuages: `deno task example:django`. */

import { sqliteClient } from "@nuages/web";
import { parseArgs } from "@std/cli/parse-args";
import { bold, dim, red } from "@std/fmt/colors";
import { fromFileUrl, join } from "@std/path";
import { secretKey } from "../site/secret_key.ts";
import { createApp } from "./app.ts";
import { prepareDatabase, pythonWithDjango, startDjango } from "./django.ts";
import { createProxy, MOVED } from "./proxy.ts";

const USAGE = `Usage: deno task example:django [--port=8000] [--moved=/cart/,/account/] [--data=FOLDER]

  --port    where to listen on this machine; 0 takes a free port
  --moved   which paths Nuages answers, with all below them; Django answers the others.
            Both know /cart/, /account/, /accounts/login/ and /accounts/logout/
  --data    where the database and the key are`;

/** What closes it, at whatever point it is: a Django that was started must not be left behind. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
const CLOSED = "\n  Both halves are closed.";

if (import.meta.main) await main();

async function main(): Promise<void> {
  const options = parseArgs(Deno.args, {
    boolean: ["help"],
    string: ["port", "moved", "data"],
    default: { port: "8000", moved: MOVED.join(","), data: fromFileUrl(new URL("./data", import.meta.url)) },
    unknown: (flag) => fail(`There is no ${flag}.\n\n${USAGE}`, 2),
  });
  if (options.help) return console.log(USAGE);
  const port = Number(options.port);
  if (!/^\d{1,5}$/.test(options.port) || port > 65_535) fail(`A port is a number up to 65535.\n\n${USAGE}`, 2);
  const moved = options.moved.split(",").filter((path) => path !== "");
  if (!moved.every((path) => path.startsWith("/"))) fail(`What has moved are paths, such as /cart/.\n\n${USAGE}`, 2);
  const stop = new AbortController();
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => stop.abort());
  try {
    await open(options.data, port, moved, stop.signal);
    console.log(CLOSED);
  } catch (error) {
    if (stop.signal.aborted) return console.log(CLOSED);
    if (error instanceof Deno.errors.AddrInUse) fail(`Port ${port} is taken: try --port=${port + 1}`, 1);
    fail(error instanceof Error ? error.message : String(error), 1);
  }
}

async function open(data: string, port: number, moved: readonly string[], stop: AbortSignal): Promise<void> {
  const python = await pythonWithDjango(cacheFolder(), (line) => console.log(`  ${line}`), stop);
  // For this user only: the key is in it, and whoever is in the database.
  await Deno.mkdir(data, { recursive: true, mode: 0o700 });
  const settings = { key: await secretKey(data), database: join(data, "db.sqlite3") };
  using client = sqliteClient(settings.database);
  await prepareDatabase(python, settings, stop);
  await using django = await startDjango(python, settings, stop);
  stop.throwIfAborted();
  const nuages = createApp({ key: settings.key, client });
  const onListen = ({ port }: Deno.NetAddr) => greet(port, moved);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen },
    createProxy({ django: django.origin, nuages, moved }),
  );
  stop.addEventListener("abort", () => void server.shutdown());
  await server.finished;
}

/** Where the Python with Django is kept: beside what other programs keep. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME = "." } = Deno.env.toObject();
  return join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(HOME, ".cache"), "nuages-examples", "django");
}

function greet(port: number, moved: readonly string[]): void {
  console.log(`
  ${bold("Observatoire des Nuages is open:")}  http://127.0.0.1:${port}/

  From Nuages  ${moved.join("  ")}
  From Django  everything else

  Sign in as ada or luke (who may enter /admin/), with the password plainly-a-demo

  Try          sign in (Django), put something into the cart (a form of Django's, sent to Nuages), look at your account (Nuages)
               sign out on either side: you are signed out on both
               start it again with --moved=/cart/,/account/,/accounts/login/,/accounts/logout/ and go on where you were

  ${dim("The foot of each page says which side it comes from. Ctrl-C closes both; --help shows what else there is")}
`);
}

function fail(message: string, code: number): never {
  console.error(red(message));
  Deno.exit(code);
}
