/** What it costs to start a program that imports a door, from the cache, beside one that does nothing. */

import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import type { Bench, Experiment } from "../experiment.ts";
import { pinned } from "../measure/cores.ts";
import { ours, output } from "../measure/programs.ts";
import { importArguments } from "../../tools/import_map.ts";
import { DOORS, ROOT } from "../../tools/project.ts";
import { atMost, type Figure, figureOf, type Findings } from "../report/figure.ts";

/** The experiment. */
export const imports: Experiment = {
  name: "imports",
  title: "Starting a program that imports a door",
  quick: true,
  run,
};

/** The doors that programs import. A command is none: it does its work when it is loaded. */
const LIBRARY = DOORS.filter((door) => door.endsWith("mod.ts") && door !== "check/mod.ts");

const EMPTY = "sides/empty.ts";
const CRYPTO = "sides/node_crypto.ts";

async function run(bench: Bench): Promise<Findings> {
  const graphs = await Promise.all(LIBRARY.map(loadedWith));
  const lines = await writeFilesOfALine(bench.directory, Math.max(...graphs.map(({ length }) => length)));
  const files = [EMPTY, CRYPTO, lines.path, ...LIBRARY.map((door) => `../${door}`)];
  const samples = files.map((): number[] => []);
  for (let round = -1; round < bench.rounds * 2; round++) {
    for (const [index, file] of files.entries()) {
      const began = performance.now();
      await output(pinned(bench.cores.servers, ours(file).command));
      // The first round fills the caches.
      if (round >= 0) samples[index]!.push(performance.now() - began);
    }
  }
  const [empty, crypto, ofALine, ...doors] = samples;
  const figures: Figure[] = [
    ...LIBRARY.map((door, index) =>
      figureOf(doors[index]!, empty!, {
        title: `import of ${door}, from the cache`,
        beside: "an empty script",
        goal: atMost(1.3),
        unit: "ms",
      })
    ),
    figureOf(crypto!, empty!, { title: "import of node:crypto alone", beside: "an empty script", unit: "ms" }),
    figureOf(ofALine!, empty!, {
      title: `import of ${lines.count} files of a line each`,
      beside: "an empty script",
      unit: "ms",
    }),
  ];
  return { figures, tables: [graphTable(graphs)] };
}

/** As many files as the largest door has, with nothing in them: what it costs that code is kept in files. */
async function writeFilesOfALine(directory: string, count: number): Promise<{ path: string; count: number }> {
  const folder = join(directory, "files_of_a_line");
  await Deno.mkdir(folder);
  const names = Array.from({ length: count - 1 }, (_, index) => `file_${index}`);
  for (const name of names) await Deno.writeTextFile(join(folder, `${name}.ts`), `export const ${name} = 1;\n`);
  const path = join(folder, "mod.ts");
  await Deno.writeTextFile(path, names.map((name) => `export * from "./${name}.ts";\n`).join(""));
  return { path: relative(join(ROOT, "bench"), path), count };
}

/** What each door loads: nothing of the folders to its right. */
function graphTable(graphs: readonly string[][]) {
  const rows = LIBRARY.map((door, index) => {
    const paths = graphs[index]!;
    const count = (folder: string) => paths.filter((path) => path.includes(`/${folder}/`)).length;
    const own = ["cookies", "middleware", "sessions", "messages", "testing"].map((folder) => String(count(folder)));
    return [door, String(paths.length), ...own, paths.filter((path) => path.startsWith("node:")).join(", ")];
  });
  return {
    title: "What each door loads",
    columns: ["door", "modules", "cookies/", "middleware/", "sessions/", "messages/", "testing/", "of Node"],
    rows,
  };
}

/** The modules that are loaded with a door; not those that it names for their types, or imports when they are asked for. */
async function loadedWith(door: string): Promise<string[]> {
  const { roots, modules, redirects } = JSON.parse(
    await output([Deno.execPath(), "info", "--json", ...importArguments(), door]),
  ) as Graph;
  const edges = new Map(modules.map(({ specifier, dependencies = [] }) => [specifier, dependencies]));
  const found = new Set<string>();
  const add = (asked: string) => {
    const specifier = redirects[asked] ?? asked;
    if (found.has(specifier)) return;
    found.add(specifier);
    for (const { code, isDynamic } of edges.get(specifier) ?? []) {
      if (code?.specifier !== undefined && !isDynamic) add(code.specifier);
    }
  };
  add(roots[0]!);
  return [...found];
}

/** What of `deno info --json` is looked at. */
interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
  readonly redirects: Readonly<Record<string, string>>;
}
