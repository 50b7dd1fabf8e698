/** What can be said when the shop is started. */

import { parseArgs } from "@std/cli/parse-args";
import { STORE_NAMES, type StoreName } from "./session_stores.ts";

/** The command line, understood. */
export interface CommandLine {
  readonly store: StoreName;
  readonly port: number;
  readonly hostname: string;
  /** The directory for the key and the sessions. */
  readonly data: string;
  readonly debug: boolean;
  readonly help: boolean;
}

/** What there is to say. */
export const USAGE: string = `Usage: deno task example [OPTIONS]

  --store=${STORE_NAMES.join("|")}  where sessions are kept (kv)
  --port=NUMBER                  the port; 0 takes a free one (8000)
  --hostname=NAME                the address to listen on (127.0.0.1: this machine only)
  --data=DIRECTORY               where the secret key and the sessions lie (data/ beside the example)
  --debug                        error pages show the error, the layers and the request
  --help                         this text

Environment: SECRET_KEY replaces the key that is made at the first start.`;

/** Understands the command line, or says what is wrong with it. */
export function parseCommandLine(args: readonly string[], defaultData: string): CommandLine | string {
  const unknown: string[] = [];
  const { store, port, hostname, data, debug, help } = parseArgs(args, {
    string: ["store", "port", "hostname", "data"],
    boolean: ["debug", "help"],
    default: { store: "kv", port: "8000", hostname: "127.0.0.1", data: defaultData },
    unknown: (arg) => void unknown.push(arg),
  });
  if (unknown.length > 0) return `Cannot understand ${unknown.join(" ")}`;
  if (!isStoreName(store)) return `There is no store "${store}"`;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return `"${port}" is no port`;
  if (hostname === "" || data === "") return "Neither --hostname nor --data may be empty";
  return { store, port: Number(port), hostname, data, debug, help };
}

function isStoreName(name: string): name is StoreName {
  return (STORE_NAMES as readonly string[]).includes(name);
}
