/** A Redis server for the length of an experiment. */

import type { Bench } from "../experiment.ts";
import { freePort, isInstalled } from "./programs.ts";
import { SideProcess } from "./side_process.ts";

/** A running server. */
export interface Server extends AsyncDisposable {
  /** What the sides are told of it. */
  readonly place: string;
}

/** What a report says where there is no server. */
export interface Missing {
  /** What is missing. */
  readonly missing: string;
}

/** Starts a server that keeps everything in memory. Its place is its port. */
export async function startRedis({ directory }: Bench): Promise<Server | Missing> {
  if (!await isInstalled("redis-server")) {
    return { missing: "redis-server is not on the PATH (apt-get install redis-server)" };
  }
  const port = freePort();
  const flags = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    directory,
    "--save",
    "",
    "--logfile",
    "redis.log",
  ];
  const process = SideProcess.start({ command: ["redis-server", ...flags] }, undefined);
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return { place: String(port), [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await process[Symbol.asyncDispose]();
  throw new Error("redis-server does not listen");
}
