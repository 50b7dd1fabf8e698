/**
 * What a second start of a program tells.
 *
 * @module
 */

import { appDescriptionOf } from "../middleware/describe_layer.ts";
import type { App } from "../middleware/pipeline.ts";
import type { Finding } from "./finding.ts";
import { fingerprints } from "./load_app.ts";

/**
 * Starts a program a second time, in a worker, and says whether it has the same keys then.
 *
 * @param app The application of the first start.
 * @param module The module it came from.
 * @returns A finding if the keys are others, or if it can't be told.
 * @internal
 */
export async function secondStart(app: App, module: string): Promise<Finding[]> {
  const before = fingerprints(appDescriptionOf(app)!);
  if (before.length === 0) return [];
  const answer = await askWorker(module);
  if (answer.problem !== undefined) {
    return [{
      id: "keys.second_start",
      level: "warning",
      message: `The program can't be started a second time beside the first: ${answer.problem}`,
      hint: "Begin to listen only where import.meta.main is true, or leave --twice out.",
    }];
  }
  if (before.some((key) => answer.keys!.includes(key))) return [];
  return [{
    id: "keys.made_at_start",
    level: "error",
    message:
      "The program has other keys each time it starts: what it has signed or sealed before nobody can read, and with several processes each refuses what the others wrote.",
    hint:
      'Make a key once, keep it secret, and pass it from the environment: pipeline({ keys: [Deno.env.get("SECRET_KEY")!] }).',
    problems: ["session doesn't stick", "CSRF 403", "message never or twice"],
    events: ["cookie.bad_signature", "session.unreadable"],
  }];
}

async function askWorker(module: string): Promise<{ keys?: string[]; problem?: string }> {
  const worker = new Worker(new URL("./_second_start_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ problem: event.message });
      };
      worker.postMessage(module);
    });
  } finally {
    worker.terminate();
  }
}
