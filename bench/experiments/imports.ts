/** What it costs to start a program that imports a door, from the cache, beside one that does nothing. */

import type { Bench, Experiment } from "../experiment.ts";
import { pinned } from "../measure/cores.ts";
import { ours, output } from "../measure/programs.ts";
import { importArguments } from "../../tools/import_map.ts";
import { DOORS } from "../../tools/project.ts";
import { atMost, type Figure, figureOf, type Findings } from "../report/figure.ts";

/** The experiment. */
export const imports: Experiment = {
  name: "imports",
  title: "Starting a program that imports a door",
  quick: true,
  run,
};

const EMPTY = "sides/empty.ts";
const CRYPTO = "sides/node_crypto.ts";

async function run(bench: Bench): Promise<Findings> {
  const files = [EMPTY, CRYPTO, ...DOORS.map((door) => `../${door}`)];
  const samples = files.map((): number[] => []);
  for (let round = -1; round < bench.rounds * 2; round++) {
    for (const [index, file] of files.entries()) {
      const began = performance.now();
      await output(pinned(bench.cores.servers, ours(file).command));
      // The first round fills the caches.
      if (round >= 0) samples[index]!.push(performance.now() - began);
    }
  }
  const [empty, crypto, ...doors] = samples;
  const figures: Figure[] = [
    ...DOORS.map((door, index) =>
      figureOf(doors[index]!, empty!, {
        title: `import of ${door}, from the cache`,
        beside: "an empty script",
        goal: atMost(1.3),
        unit: "ms",
      })
    ),
    figureOf(crypto!, empty!, { title: "import of node:crypto alone", beside: "an empty script", unit: "ms" }),
  ];
  return { figures, tables: [await graphTable()] };
}

/** What each door loads: nothing of the folders to its right. */
async function graphTable() {
  const rows = await Promise.all(DOORS.map(async (door) => {
    const text = await output([Deno.execPath(), "info", "--json", ...importArguments(), door]);
    const { modules } = JSON.parse(text) as { modules: { specifier: string }[] };
    const paths = modules.map(({ specifier }) => specifier);
    const count = (folder: string) => paths.filter((path) => path.includes(`/${folder}/`)).length;
    const own = ["cookies", "middleware", "sessions", "messages", "testing"].map((folder) => String(count(folder)));
    return [door, String(paths.length), ...own, paths.filter((path) => path.startsWith("node:")).join(", ")];
  }));
  return {
    title: "What each door loads",
    columns: ["door", "modules", "cookies/", "middleware/", "sessions/", "messages/", "testing/", "of Node"],
    rows,
  };
}
