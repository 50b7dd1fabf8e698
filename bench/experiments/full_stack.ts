/** The whole stack beside the same page by hand, and beside the stacks that others would put together for it. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage, prepareProxiedPage } from "../measure/full_page.ts";
import { ours, peer } from "../measure/programs.ts";
import { race, type Side } from "../measure/race.ts";
import { compare } from "../measure/race_figures.ts";
import { atLeast, type Findings, type Goal } from "../report/figure.ts";
import { djangoSite } from "./django_site.ts";

/** The experiment. */
export const fullStack: Experiment = {
  name: "stack",
  title: "The full stack, by hand and by others",
  quick: true,
  run,
};

/** Another side, and how far ahead of it the stack should be. */
interface Other extends Side {
  readonly goal?: Goal;
}

async function run(bench: Bench): Promise<Findings> {
  const others: Other[] = [...OTHERS, ...bench.quick ? [] : DJANGO];
  const sides = [{ name: "by hand", program: ours("sides/by_hand.ts") }, STACK, ...others];
  const options = { ...bench, prepare: prepareFullPage, connections: 32 };
  const [byHand, stack, ...rest] = await race(sides, options, bench);
  const [proxiedByHand, proxied] = await race(PROXIED, { ...options, prepare: prepareProxiedPage }, bench);
  const title = "full stack";
  const ideal = { beside: "the same bytes by hand, in one function", goal: atLeast(0.9), by: "processor" } as const;
  return {
    figures: [
      compare(stack!, byHand!, { title, ...ideal }),
      compare(proxied!, proxiedByHand!, { title: "full stack behind a proxy that ends TLS", ...ideal }),
      ...rest.map((result, index) =>
        compare(stack!, result, { title, beside: result.name, goal: others[index]!.goal, by: "processor" })
      ),
      ...bench.quick
        ? DJANGO.map(({ name }) => ({ title, beside: name, skipped: "--quick leaves it out, as it installs Django" }))
        : [],
    ],
    notes: [byHand!, stack!, ...rest].flatMap((result) => "notes" in result ? result.notes : []),
  };
}

const STACK: Side = { name: "full stack", program: ours("sides/full_stack.ts") };

const PROXIED: readonly Side[] = [
  { name: "by hand behind a proxy", program: ours("sides/by_hand.ts", ["--proxy"]) },
  { name: "full stack behind a proxy", program: ours("sides/full_stack.ts", ["--proxy"]) },
];

const OTHERS: readonly Other[] = [
  { name: "the same by hand, with a function for each layer", program: ours("sides/by_hand_in_layers.ts") },
  {
    name: "Hono, its middleware and hono-sessions",
    program: peer("hono.ts"),
    goal: atLeast(2),
    besides: { "set-cookie": "hono-sessions sends its cookie with every response" },
  },
  { name: "Remix fetch-router and session", program: peer("remix.ts"), goal: atLeast(1) },
  { name: "h3 and useSession", program: peer("h3.ts"), goal: atLeast(1) },
  { name: "oak", program: peer("oak.ts"), goal: atLeast(1) },
  {
    name: "Express 5, express-session, helmet, csrf-csrf, connect-flash",
    program: peer("express.ts"),
    goal: atLeast(5),
  },
];

const DJANGO: readonly Other[] = [
  { name: "Django's default project on gunicorn", program: djangoSite("default"), goal: atLeast(20) },
  { name: "Django with sessions in memory", program: djangoSite("memory") },
];
