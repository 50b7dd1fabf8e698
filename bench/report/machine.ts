/** What the benchmark ran on: its kind, and nothing that tells one machine from another of that kind. */

import { format } from "@std/fmt/bytes";
import type { Cores } from "../measure/cores.ts";
import { output } from "../measure/programs.ts";
import type { Wakefulness } from "../measure/wakefulness.ts";

/** The kind of machine, and the versions. */
export interface Machine {
  /** The day, as in 2026-01-31. */
  readonly day: string;
  /** Whose processor, how many cores. */
  readonly processor: string;
  /** How much memory. */
  readonly memory: string;
  /** The operating system and its version. */
  readonly system: string;
  /** Versions of what ran. */
  readonly versions: Readonly<Record<string, string>>;
  /** Who had which core, and who made the load. */
  readonly arrangement: string;
  /** How many processes were waiting for a core, on the average of the last minutes: far above 1, and others were at work. */
  readonly load: string;
}

/** Looks at the machine. */
export async function describeMachine(cores: Cores, usesWrk: boolean, { problem }: Wakefulness): Promise<Machine> {
  const { deno, v8, typescript } = Deno.version;
  return {
    day: new Date().toISOString().slice(0, 10),
    processor: `${await processorName()}, ${navigator.hardwareConcurrency} cores`,
    memory: format(Deno.systemMemoryInfo().total, { binary: true, maximumFractionDigits: 0 }),
    system: `${await systemName()}, ${Deno.build.arch}`,
    versions: { deno, v8, typescript, python: await version("python3"), ...await peerVersions() },
    arrangement: `${placement(cores)}; ${
      usesWrk
        ? "load by wrk, at a fixed rate and with many cookies by a generator of ours"
        : "load by a generator of ours"
    }; ${
      problem === undefined
        ? "idle cores were kept awake"
        : `idle cores could sleep (${problem}), so that waking the load generator counts for the servers`
    }`,
    load: Deno.loadavg().map((value) => value.toFixed(1)).join(", "),
  };
}

function placement({ servers }: Cores): string {
  return servers === undefined
    ? "servers and load generator share all cores"
    : "the servers on one core, the load generator on another";
}

async function processorName(): Promise<string> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return /^model name\s*:\s*(.+)$/m.exec(info)?.[1] ?? "unknown processor";
}

async function systemName(): Promise<string> {
  const release = await Deno.readTextFile("/etc/os-release").catch(() => "");
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(release)?.[1] ?? `${Deno.build.os} ${Deno.osRelease()}`;
}

async function version(command: string): Promise<string> {
  return /[\d.]+/.exec(await output([command, "--version"]).catch(() => ""))?.[0] ?? "none";
}

async function peerVersions(): Promise<Record<string, string>> {
  const url = new URL("../peers/imports.json", import.meta.url);
  const { imports } = JSON.parse(await Deno.readTextFile(url)) as { imports: Record<string, string> };
  const pinned = Object.values(imports).map((address) => /^npm:(.+)@([\d.]+)$/.exec(address));
  return Object.fromEntries(pinned.flatMap((match) => match === null ? [] : [[match[1]!, match[2]!]]));
}
