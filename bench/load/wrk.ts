/** `wrk`, where it is installed: faster than a generator in JavaScript, and nobody's own. */

import { pinned } from "../measure/cores.ts";
import { output } from "../measure/programs.ts";
import type { LoadPlan, LoadResult } from "./plan.ts";

/** Whether `wrk` can make this load: one request without a body, as much as it can, for whole seconds. */
export function wrkCan({ targets, requests, perSecond, seconds }: LoadPlan): boolean {
  const [target] = targets;
  return targets.length === 1 && target!.request.endsWith("\r\n\r\n") && target!.request.startsWith("GET / ") &&
    requests === undefined && perSecond === undefined && Number.isInteger(seconds);
}

/**
 * Makes the load with `wrk`.
 *
 * @param plan What load to make.
 * @param core The core it is held to, if any.
 */
export async function runWrk(
  { targets, connections, seconds }: LoadPlan,
  core: number | undefined,
): Promise<LoadResult> {
  const { port, request } = targets[0]!;
  const [, ...lines] = request.trimEnd().split("\r\n");
  const headers = lines.filter((line) => !/^host:/i.test(line)).flatMap((line) => ["--header", line]);
  const load = ["--threads", "1", "--connections", String(connections), "--duration", `${seconds}s`];
  return readWrk(await output(pinned(core, ["wrk", ...load, "--latency", ...headers, `http://127.0.0.1:${port}/`])));
}

/** Reads what `wrk --latency` prints. @throws {Error} If it isn't that. */
export function readWrk(text: string): LoadResult {
  const total = /^\s*(\d+) requests in ([\d.]+)(ms|s|m)\b/m.exec(text);
  if (total === null) throw new Error(`Cannot read what wrk printed: ${text.slice(0, 200)}`);
  const failures: Record<string, number> = {};
  const statuses = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1];
  if (statuses !== undefined) failures["status other than 2xx"] = Number(statuses);
  for (const [, what, count] of /Socket errors: (.*)/.exec(text)?.[1]?.matchAll(/(\w+) (\d+)/g) ?? []) {
    if (Number(count) > 0) failures[`socket: ${what}`] = Number(count);
  }
  const at = (share: string) => milliseconds(new RegExp(`^\\s*${share}%\\s+(\\S+)`, "m").exec(text)?.[1]);
  const max = milliseconds(/^\s*Latency\s+\S+\s+\S+\s+(\S+)/m.exec(text)?.[1]);
  return {
    answered: Number(total[1]),
    seconds: milliseconds(`${total[2]}${total[3]}`) / 1000,
    failures,
    latency: { p50: at("50"), p90: at("90"), p99: at("99"), max },
  };
}

function milliseconds(text = ""): number {
  const [, number, unit = ""] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
  return Number(number) * ({ us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit] ?? NaN);
}
