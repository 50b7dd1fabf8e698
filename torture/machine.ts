/** What the torture ran on: its kind, and nothing that tells one machine from another of that kind. */

import { format } from "@std/fmt/bytes";
import { DENOKV } from "../tests/sessions/_denokv.ts";
import { MARIADB } from "../tests/sessions/_mariadb.ts";
import { POSTGRES } from "../tests/sessions/_postgres.ts";
import { REDIS } from "../tests/sessions/_redis.ts";
import { CONFIG } from "../tools/project.ts";

/** The kind of machine, and the versions. */
export interface Machine {
  /** The day, as in 2026-01-31. */
  readonly day: string;
  /** Processor, memory, system. */
  readonly kind: string;
  /** How many processes were waiting for a core, on the average of the last minutes. */
  readonly load: string;
  /** Versions of what ran. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Looks at the machine. */
export async function describe(): Promise<Machine> {
  const processor = /^model name\s*:\s*(.+)$/m.exec(await text("/proc/cpuinfo"))?.[1] ?? "unknown processor";
  const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(await text("/etc/os-release"))?.[1] ?? Deno.build.os;
  const memory = format(Deno.systemMemoryInfo().total, { binary: true, maximumFractionDigits: 0 });
  return {
    day: new Date().toISOString().slice(0, 10),
    kind: `${processor}, ${navigator.hardwareConcurrency} cores, ${memory} of memory, ${system}, ${Deno.build.arch}`,
    load: Deno.loadavg().map((value) => value.toFixed(1)).join(", "),
    versions: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      ...await serverVersions({ denokv: DENOKV, PostgreSQL: POSTGRES, MariaDB: MARIADB, Redis: REDIS }),
      ...await packageVersions(),
    },
  };
}

async function serverVersions(servers: Record<string, string | undefined>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, program] of Object.entries(servers)) {
    const version = program && await versionOf(program);
    if (version) found[name] = version;
  }
  return found;
}

/** Some don't say it. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
    return /\d+\.[\d.]+/.exec(new TextDecoder().decode(stdout))?.[0];
  } catch {
    return undefined;
  }
}

async function packageVersions(): Promise<Record<string, string>> {
  const peers = JSON.parse(await text(new URL("peers/imports.json", import.meta.url)));
  const ours = Object.entries(CONFIG.imports).filter(([name]) => ["postgres", "mariadb", "redis"].includes(name));
  const pinned = Object.entries({ ...Object.fromEntries(ours), ...peers.imports as Record<string, string> });
  return Object.fromEntries(pinned.map(([name, address]) => [name, /@([\d.]+)$/.exec(address)?.[1] ?? "unknown"]));
}

function text(path: string | URL): Promise<string> {
  return Deno.readTextFile(path).catch(() => "");
}
