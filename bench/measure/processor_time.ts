/**
 * How long a process, with its threads and children, has been on a processor.
 *
 * It is what a request costs, whatever else the machine does and however fast the load generator is. Linux only: elsewhere there is nothing
 * to read, and everything goes by the clock.
 */

import { readdirSync, readFileSync } from "node:fs";

/** The time of each thread, in nanoseconds, by its id. */
export type ProcessorTimes = ReadonlyMap<string, number>;

/**
 * Reads the times of all threads of a process and of those it has started.
 *
 * @param pid The process.
 * @returns The times; none where the system doesn't tell.
 */
export function processorTimes(pid: number): ProcessorTimes {
  const times = new Map<string, number>();
  collect(String(pid), times);
  return times;
}

/**
 * The time between two readings, in microseconds. A thread that has ended since counts as idle: those that end are the ones that waited in a pool.
 *
 * @returns `undefined` where the system doesn't tell.
 */
export function microsecondsBetween(before: ProcessorTimes, after: ProcessorTimes): number | undefined {
  if (after.size === 0) return undefined;
  let sum = 0;
  for (const [thread, time] of after) sum += time - (before.get(thread) ?? 0);
  return sum / 1000;
}

function collect(pid: string, times: Map<string, number>): void {
  for (const thread of list(`/proc/${pid}/task`)) {
    const [time] = read(`/proc/${pid}/task/${thread}/schedstat`).split(" ");
    if (time) times.set(thread, Number(time));
    for (const child of read(`/proc/${pid}/task/${thread}/children`).split(" ")) {
      if (child !== "") collect(child, times);
    }
  }
}

/** A thread may end between the listing and the reading. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
