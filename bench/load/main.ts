/**
 * The load generator: a process of its own that makes the load it is told, and lives on, so that it is warm from the second time on.
 *
 * Each line on its input is a plan as JSON, each line on its output what came of one.
 */

import { TextLineReader } from "../measure/text_lines.ts";
import { closedLoop } from "./closed_loop.ts";
import { openLoop } from "./open_loop.ts";
import type { LoadPlan } from "./plan.ts";

for await (const line of new TextLineReader(Deno.stdin.readable)) {
  const plan: LoadPlan = JSON.parse(line);
  const { perSecond } = plan;
  const result = perSecond === undefined ? await closedLoop(plan) : await openLoop({ ...plan, perSecond });
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(result) + "\n"));
}
