/** Single parts without a server around them: signing, cookies, finding the view, compressing it. */

import type { Bench, Experiment } from "../experiment.ts";
import { microRace, type MicroSide } from "../measure/micro_race.ts";
import { ours, peer } from "../measure/programs.ts";
import { atMost, figureOf, type Findings, type Goal } from "../report/figure.ts";

/** The experiment. */
export const smallParts: Experiment = {
  name: "parts",
  title: "Signing, cookies, routes, compression",
  quick: true,
  run,
};

/** A row: ours, the other, and how much of the other's time ours may take. */
interface Part {
  readonly title: string;
  readonly beside: string;
  readonly goal: Goal;
  readonly ours: MicroSide;
  readonly other: MicroSide;
}

const PARTS: readonly Part[] = [
  {
    title: "sign and verify a value",
    beside: "two bare HMACs of node:crypto",
    goal: atMost(1.3),
    ours: { name: "Signer", program: ours("micro/sign.ts") },
    other: { name: "node:crypto", program: ours("micro/bare_hmac.ts") },
  },
  {
    title: "20 cookies parsed, one set",
    beside: "npm cookie 2",
    goal: atMost(1),
    ours: { name: "ours", program: ours("micro/cookies.ts") },
    other: { name: "cookie", program: peer("cookie.ts") },
  },
  {
    title: "200 routes, a literal path",
    beside: "Hono with RegExpRouter",
    goal: atMost(1),
    ours: { name: "routes()", program: ours("micro/routes.ts", ["literals"]) },
    other: { name: "Hono", program: peer("hono_routes.ts", ["literals"]) },
  },
  {
    title: "200 routes, a path with a parameter",
    beside: "Hono with RegExpRouter",
    goal: atMost(1 / 0.8),
    ours: { name: "routes()", program: ours("micro/routes.ts", ["patterns"]) },
    other: { name: "Hono", program: peer("hono_routes.ts", ["patterns"]) },
  },
  {
    title: "a page of 100 KB, gzipped and padded",
    beside: "CompressionStream alone",
    goal: atMost(1 / 0.95),
    ours: { name: "gzip()", program: ours("micro/gzip.ts") },
    other: { name: "CompressionStream", program: ours("micro/compression_stream.ts") },
  },
];

async function run(bench: Bench): Promise<Findings> {
  const figures = [];
  for (const { title, beside, goal, ours, other } of PARTS) {
    const [mine, others] = await microRace([ours, other], { ...bench, seconds: bench.seconds / 4 });
    figures.push(figureOf(mine!, others!, { title, beside, goal, unit: "ns" }));
  }
  return { figures };
}
