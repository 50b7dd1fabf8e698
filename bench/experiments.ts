/** All experiments, in the order of the report. A new row is a line here and a file in `experiments/`. */

import type { Experiment } from "./experiment.ts";
import { barePipeline } from "./experiments/bare_pipeline.ts";
import { calibration } from "./experiments/calibration.ts";
import { fullStack } from "./experiments/full_stack.ts";
import { fullStores } from "./experiments/full_stores.ts";
import { imports } from "./experiments/imports.ts";
import { kvServer } from "./experiments/kv_server.ts";
import { latency } from "./experiments/latency.ts";
import { layers } from "./experiments/layers.ts";
import { memory } from "./experiments/memory.ts";
import { scale } from "./experiments/scale.ts";
import { sessionWrites } from "./experiments/session_writes.ts";
import { smallParts } from "./experiments/small_parts.ts";
import { steps } from "./experiments/steps.ts";

/** The experiments. */
export const EXPERIMENTS: readonly Experiment[] = [
  barePipeline,
  fullStack,
  steps,
  sessionWrites,
  smallParts,
  imports,
  memory,
  latency,
  layers,
  calibration,
  scale,
  kvServer,
  fullStores,
];
