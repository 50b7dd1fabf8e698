/** A request finds its view among 200 routes, with the parameters of its path. */

import { type Context, type HasParams, pipeline, routes } from "../../mod.ts";
import { answerRounds } from "./answer_rounds.ts";
import { ASKED, LITERALS, PATTERNS, requestsFor } from "./route_paths.ts";

let seen = "";
let id: string | undefined;

const app = pipeline().handle(routes(Object.fromEntries([
  ...LITERALS.map(({ pattern }) => [`GET ${pattern}`, () => note(pattern, undefined)] as const),
  ...PATTERNS.map((
    { pattern },
  ) => [`GET ${pattern}`, (_: Request, { params }: Context & HasParams) => note(pattern, params.id)] as const),
])));

const requests = requestsFor(ASKED);
const found = await Promise.all(requests.map(async (request) => (await app(request), `${seen} ${id}`)));
await answerRounds((round) => app(requests[round % requests.length]!), JSON.stringify(found));

function note(pattern: string, param: string | undefined): Response {
  seen = pattern;
  id = param;
  return new Response(null);
}
