/** All experiments, in the order of the report. A new one is a line here and a file in `experiments/`. */

import type { Experiment } from "./experiment.ts";
import { counts } from "./experiments/counts.ts";
import { manySessions } from "./experiments/many_sessions.ts";
import { killedServers } from "./experiments/killed_servers.ts";
import { killedWriters } from "./experiments/killed_writers.ts";
import { largeSessions } from "./experiments/large_sessions.ts";
import { logouts } from "./experiments/logouts.ts";
import { oddMoments } from "./experiments/odd_moments.ts";

/** The experiments. */
export const EXPERIMENTS: readonly Experiment[] = [
  counts,
  killedWriters,
  killedServers,
  logouts,
  manySessions,
  largeSessions,
  oddMoments,
];
