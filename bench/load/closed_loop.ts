/** As much load as a number of connections can make: each sends its next request when the answer to the last is there. */

import { Connection } from "../measure/connection.ts";
import type { LoadPlan, LoadResult } from "./plan.ts";
import { Tally } from "./tally.ts";

/** Makes the load and says how it went. */
export async function closedLoop(plan: LoadPlan): Promise<LoadResult> {
  const { targets, connections, seconds, requests = Infinity } = plan;
  const tally = new Tally();
  const encoder = new TextEncoder();
  const clients = Array.from({ length: connections }, (_, index) => {
    const { port, request } = targets[index % targets.length]!;
    return { connection: new Connection(port), bytes: encoder.encode(request) };
  });
  // All of them are there before the clock starts: opening a thousand takes a while.
  await Promise.all(clients.map(({ connection }) => connection.open()));

  const began = performance.now();
  const end = began + seconds * 1000;
  let begun = 0;
  await Promise.all(clients.map(async ({ connection, bytes }) => {
    try {
      for (let at = performance.now(); at < end && begun < requests; at = performance.now()) {
        begun++;
        const { status } = await connection.exchange(bytes);
        tally.add(status, performance.now() - at);
      }
    } catch (error) {
      tally.fail(error instanceof Error ? error.message : String(error));
    } finally {
      connection.close();
    }
  }));
  return tally.result((performance.now() - began) / 1000);
}
