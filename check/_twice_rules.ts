import { call, factsOf, type Stack } from "./_stack.ts";
import type { CommonProblem, Finding } from "./finding.ts";

/** Layers that are there twice, where that is not what anybody means. */
export function* twiceRules(stack: Stack): Generator<Finding> {
  for (const [name, { why, level = "warning", problems }] of Object.entries(TWICE)) {
    if (stack.all(name).length < 2) continue;
    yield {
      id: "layers.twice",
      level,
      layer: name,
      message: `${call(name)} is there twice: ${why}.`,
      hint: `Leave one of the two out.`,
      ...(problems === undefined ? {} : { problems }),
    };
  }
  yield* sameLimits(stack);
  yield* timeouts(stack);
}

interface Twice {
  readonly why: string;
  readonly level?: "error";
  readonly problems?: readonly CommonProblem[];
}

const TWICE: Readonly<Record<string, Twice>> = {
  security: { why: "the inner one has set the headers, so that the outer one's differing options do nothing" },
  contentSecurityPolicy: {
    why: "the inner one's policy is sent, whatever the outer one says",
  },
  permissionsPolicy: { why: "the inner one's policy is sent, whatever the outer one says" },
  allowedHosts: { why: "a host must be on both lists" },
  requestId: { why: "one header is enough" },
  sessions: {
    why:
      "views, and all that stands inside of both, see the inner one's session, and what stands between them the outer one's",
    level: "error",
    problems: ["session doesn't stick"],
  },
  csrf: { why: "both check every form, and views make tokens of the inner one only", problems: ["CSRF 403"] },
  messages: {
    why:
      "what the view adds and what layers between the two add is kept by two that don't know of each other, and one's cookie replaces the other's",
    problems: ["message never or twice"],
  },
  authentication: { why: "views see the inner one's user, layers between them the outer one's", level: "error" },
  loginRequired: { why: "the outer one decides already" },
  gzip: { why: "the outer one finds everything compressed" },
  conditionalGet: { why: "the inner one has tagged and compared every page already" },
  updateCache: { why: "pages are looked for in the inner one's cache only" },
  fetchCache: { why: "a page that the outer one doesn't find is looked up again" },
  locale: { why: "the inner one decides, and the addresses of the outer one are not known to it" },
  bodyLimit: { why: "the smaller limit counts" },
  currentSite: { why: "views see the inner one's site" },
  brokenLinks: { why: "every broken link is reported twice" },
};

/** Several limits are fine, if each counts for itself. */
function* sameLimits(stack: Stack): Generator<Finding> {
  const seen = new Set<string>();
  for (const layer of stack.all("rateLimit")) {
    const { name = "default" } = factsOf<{ name: string }>(layer);
    if (seen.has(name)) {
      yield {
        id: "layers.twice",
        level: "warning",
        layer: "rateLimit",
        message:
          `Two rateLimit() are called "${name}": in a store they share each request counts twice, and the headers don't tell them apart.`,
        hint: "Give each a name: rateLimit({ name: … }).",
      };
    }
    seen.add(name);
  }
}

/** A limit within a longer one is fine. */
function* timeouts(stack: Stack): Generator<Finding> {
  const limits = stack.all("timeout").map((layer) => factsOf<{ seconds: number }>(layer).seconds ?? 0);
  for (let i = 1; i < limits.length; i++) {
    if (limits[i]! < limits[i - 1]!) continue;
    yield {
      id: "layers.twice",
      level: "warning",
      layer: "timeout",
      message: `timeout() of ${limits[i]} seconds stands inside one of ${limits[i - 1]}, which is over first.`,
      hint: "Leave the inner one out, or give it less time.",
    };
  }
}
