// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/** The same with Hono and its RegExpRouter. */

import { answerRounds } from "../micro/answer_rounds.ts";
import { ASKED, LITERALS, PATTERNS, requestsFor } from "../micro/route_paths.ts";
import { load } from "./shared.ts";

const { Hono } = await load("hono");
const { RegExpRouter } = await load("hono/router/reg-exp-router");

let seen = "";
let id;

const app = new Hono({ router: new RegExpRouter() });
for (const { pattern } of LITERALS) app.get(pattern, () => note(pattern, undefined));
for (const { pattern } of PATTERNS) app.get(pattern, (c) => note(pattern, c.req.param("id")));

const requests = requestsFor(ASKED);
const found = await Promise.all(requests.map(async (request) => (await app.fetch(request), `${seen} ${id}`)));
await answerRounds((round) => app.fetch(requests[round % requests.length]), JSON.stringify(found));

function note(pattern, param) {
  seen = pattern;
  id = param;
  return new Response(null);
}
