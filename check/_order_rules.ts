import { MemoryRateLimits } from "../middleware/memory_rate_limits.ts";
import { call, factsOf, httpsRedirectOf, listed, type Placed, type Stack } from "./_stack.ts";
import type { Finding, FindingLevel } from "./finding.ts";

/** What has to stand outside of what, where types can't see it. */
export function* orderRules(stack: Stack): Generator<Finding> {
  for (const { id, level = "warning", layer: name, outsideOf, only = () => true, why } of ORDERS) {
    for (const layer of stack.all(name)) {
      if (!only(layer)) continue;
      const wrong = stack.layers.filter((other) => other.described && other.index < layer.index && outsideOf(other));
      if (wrong.length === 0) continue;
      const names = wrong.map(({ name }) => name);
      yield {
        id,
        level,
        layer: name,
        message: `${call(name)} stands inside of ${listed(names)}: ${why}.`,
        hint: `Put ${call(name)} outside of ${listed(names)}.`,
      };
      break;
    }
  }
}

interface Order {
  readonly id: string;
  readonly level?: FindingLevel;
  readonly layer: string;
  /** Of which layers it has to stand outside. */
  readonly outsideOf: (other: Placed) => boolean;
  /** Which layers of that name the rule is about. */
  readonly only?: (layer: Placed) => boolean;
  /** What happens otherwise. */
  readonly why: string;
}

const named = (...names: string[]) => ({ name }: Placed) => names.includes(name);

/** Whether a layer can answer, or fail, by itself, so that layers inside it have no say about the response. */
function answers(layer: Placed): boolean {
  if (layer.name === "locale") return factsOf<{ prefixes: boolean }>(layer).prefixes === true;
  return ANSWERING.has(layer.name);
}

const ANSWERING: ReadonlySet<string> = new Set([
  ...["bodyLimit", "common", "conditionalGet", "cors", "flatpages", "messages", "methodOverride"],
  ...["persistentRemoteUser", "rateLimit", "redirects", "remoteUser", "sessions", "timeout"],
]);

/** Whether a layer reads the body, or asks somebody, for every request that comes. */
function worksForAll(layer: Placed): boolean {
  if (layer.name === "methodOverride") return factsOf<{ readsForms: boolean }>(layer).readsForms === true;
  if (layer.name === "messages") return factsOf<{ isDelivered: boolean }>(layer).isDelivered === true;
  return layer.name === "remoteUser" || layer.name === "persistentRemoteUser";
}

/** Whether a layer waits for something that has no limit of its own. (The stores of sessions have.) */
function waits(layer: Placed): boolean {
  if (layer.name === "methodOverride") return worksForAll(layer);
  if (layer.name !== "rateLimit") return named("remoteUser", "persistentRemoteUser")(layer);
  return !(factsOf<{ store: unknown }>(layer).store instanceof MemoryRateLimits);
}

/** Whether a layer uses the host that the visitor has named, before anybody asks it to. */
function usesHost(layer: Placed): boolean {
  const redirect = httpsRedirectOf(layer);
  if (redirect !== undefined) return redirect.host === undefined;
  if (layer.name === "common") return factsOf<{ prependWww: boolean }>(layer).prependWww === true;
  return layer.name === "currentSite" || layer.name === "fetchCache";
}

/** Whether a layer makes something else of "not found". */
function findsMore(layer: Placed): boolean {
  if (layer.name === "common") return factsOf<{ appendSlash: boolean }>(layer).appendSlash === true;
  if (layer.name === "locale") return factsOf<{ prefixes: boolean }>(layer).prefixes === true;
  return layer.name === "redirects" || layer.name === "flatpages";
}

const insideFetchCache = (layer: string, why: string): Order => ({
  id: "order.fetch_cache",
  layer,
  outsideOf: named("fetchCache"),
  why,
});

const WITHOUT_HEADERS = "what those answer by themselves, redirects and errors, has no security headers";

const ORDERS: readonly Order[] = [
  {
    id: "order.security",
    layer: "security",
    outsideOf: answers,
    why: WITHOUT_HEADERS,
  },
  {
    id: "order.security",
    layer: "security",
    outsideOf: named("allowedHosts"),
    // Where visitors are sent to the host they have named, that has to be checked before.
    only: (layer) => !usesHost(layer),
    why: WITHOUT_HEADERS,
  },
  {
    id: "order.content_security_policy",
    layer: "contentSecurityPolicy",
    outsideOf: answers,
    why:
      "the pages of their errors have no policy, and an error page that asks for the nonce gets none there, or fails",
  },
  {
    id: "order.access_log",
    layer: "accessLog",
    outsideOf: (other) => answers(other) || named("allowedHosts", "security", "gzip")(other),
    why: "what those answer by themselves is not in the log, and what they change is there as it was before",
  },
  {
    id: "order.request_id",
    layer: "requestId",
    outsideOf: answers,
    why: "what those answer by themselves has no id, so that a visitor's report can't be brought together with the log",
  },
  {
    id: "order.allowed_hosts",
    layer: "allowedHosts",
    outsideOf: usesHost,
    why: "those use a host that nobody has checked, and visitors are sent, or pages shown, by whatever it says",
  },
  {
    id: "order.update_cache",
    layer: "updateCache",
    outsideOf: named("gzip"),
    why: "pages are kept as they were before, and compressed anew for every visitor",
  },
  {
    id: "order.gzip",
    layer: "gzip",
    outsideOf: named("conditionalGet"),
    why: "the tag is made of compressed bytes with random padding, so that no page is ever known again",
  },
  {
    id: "order.locale",
    layer: "locale",
    outsideOf: named("fetchCache"),
    why:
      "a page is kept for every Accept-Language and every Cookie, instead of once for each language, and hardly any is found again",
  },
  insideFetchCache("common", "kept pages are shown to programs that are not welcome"),
  insideFetchCache("conditionalGet", "kept pages are never compared with what the browser has, and always sent whole"),
  insideFetchCache("rateLimit", "requests for kept pages are not counted"),
  {
    id: "order.body_limit",
    layer: "bodyLimit",
    outsideOf: (other) => other.name === "methodOverride" && worksForAll(other),
    why:
      "it reads forms before anybody has asked how large they are, so that only the limits of pipeline({ form }) count",
  },
  {
    id: "order.timeout",
    layer: "timeout",
    outsideOf: waits,
    why: "what those wait for is not within the time",
  },
  {
    id: "order.rate_limit",
    layer: "rateLimit",
    only: (layer) => factsOf<{ byAddress: boolean }>(layer).byAddress === true,
    outsideOf: worksForAll,
    why: "those do their work for requests that are refused then",
  },
  {
    id: "order.cors",
    layer: "cors",
    outsideOf: (other) => answers(other) && named("rateLimit", "bodyLimit", "timeout", "methodOverride")(other),
    why: "scripts of other origins can't read what those refuse, and see a network error",
  },
  {
    id: "order.broken_links",
    layer: "brokenLinks",
    outsideOf: findsMore,
    why: "links are reported that those find a page for",
  },
];
