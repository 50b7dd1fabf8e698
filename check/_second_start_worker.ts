// Starts a program a second time, beside the first, and says which keys it has now.

import { appDescriptionOf } from "../middleware/describe_layer.ts";
import { fingerprints, loadApp } from "./load_app.ts";

const self = globalThis as unknown as {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(answer: { keys: string[] } | { problem: string }): void;
};

self.onmessage = async ({ data: module }) => {
  try {
    self.postMessage({ keys: fingerprints(appDescriptionOf(await loadApp(module))!) });
  } catch (error) {
    self.postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
};
