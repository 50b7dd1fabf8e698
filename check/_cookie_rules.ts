import type { Cookie } from "../cookies/cookie.ts";
import { CookieMessages } from "../messages/cookie_messages.ts";
import { FallbackMessages } from "../messages/fallback_messages.ts";
import { call, factsOf, type Stack } from "./_stack.ts";
import type { CommonProblem, Finding } from "./finding.ts";

/** A cookie that a layer keeps something in. */
export interface OwnedCookie {
  /** Whose it is, as ids begin. */
  readonly owner: "session" | "csrf" | "messages" | "language";
  /** The layer. */
  readonly layer: string;
  readonly cookie: Cookie;
  /** What visitors see if it doesn't come back. */
  readonly problems?: readonly [CommonProblem];
  /** Which events tell of it. */
  readonly events?: readonly string[];
}

/** The cookies of an application's layers. */
export function cookiesOf(stack: Stack): OwnedCookie[] {
  const found: OwnedCookie[] = [];
  for (const layer of stack.layers) {
    if (!layer.described) continue;
    const { cookie, storage } = factsOf<{ cookie: Cookie; storage: unknown }>(layer);
    if (layer.name === "sessions") {
      found.push({ owner: "session", layer: layer.name, cookie: cookie!, problems: ["session doesn't stick"] });
    } else if (layer.name === "csrf" && cookie !== undefined) {
      found.push({ owner: "csrf", layer: layer.name, cookie, problems: ["CSRF 403"], events: ["csrf.rejected"] });
    } else if (layer.name === "locale" && cookie !== undefined) {
      found.push({ owner: "language", layer: layer.name, cookie });
    } else if (storage instanceof CookieMessages || storage instanceof FallbackMessages) {
      const { cookie } = storage;
      found.push({ owner: "messages", layer: layer.name, cookie, problems: ["message never or twice"] });
    }
  }
  return found;
}

/** Cookies that browsers drop, or don't send back where they are needed. */
export function* cookieRules(stack: Stack): Generator<Finding> {
  const cookies = cookiesOf(stack);
  const hosts = stack.all("allowedHosts").flatMap((layer) => factsOf<{ hosts: string[] }>(layer).hosts ?? []);
  for (const owned of cookies) {
    const { owner, cookie: { name, attributes: { path, domain, sameSite, partitioned } } } = owned;
    const about = (id: string, level: Finding["level"], message: string, hint: string): Finding => {
      const { layer, problems, events } = owned;
      return {
        id: `${owner}.${id}`,
        level,
        layer,
        message,
        hint,
        ...(problems ? { problems } : {}),
        ...(events ? { events } : {}),
      };
    };
    if (path !== "/") {
      yield about(
        "cookie_path",
        "warning",
        `Browsers send the cookie ${name} to addresses that begin with ${path} only, and to all others come without it.`,
        "Leave the path out, unless all of the application lies there.",
      );
    }
    if (domain !== undefined) {
      const lost = hosts.filter((host) => host !== "*" && !isWithin(host, domain));
      if (lost.length > 0) {
        yield about(
          "cookie_domain",
          "error",
          `The cookie ${name} is for ${domain}, and browsers drop it where the site goes by ${lost.join(", ")}.`,
          "Leave the domain out: the cookie belongs to the host that has set it, and no subdomain can plant one.",
        );
      }
    }
    if (sameSite === "Strict" && owner !== "csrf" && owner !== "language") {
      yield about(
        "cookie_strict",
        "warning",
        `The cookie ${name} is SameSite=Strict: whoever follows a link from a mail or another site, or comes back from a bank or from signing in elsewhere, comes without it.`,
        "Take Lax, the default: csrf() is there for what Strict is for.",
      );
    }
    if (sameSite === "None" && partitioned !== true) {
      yield about(
        "cookie_none",
        "warning",
        `The cookie ${name} is SameSite=None, for frames in other sites' pages; most browsers keep no such cookie there, and elsewhere Lax is safer.`,
        "Take Lax, or for frames in other sites partitioned: true besides.",
      );
    }
  }
  yield* clashes(cookies);
}

function* clashes(cookies: readonly OwnedCookie[]): Generator<Finding> {
  const owners = Map.groupBy(cookies, ({ cookie }) => cookie.name);
  for (const [name, sharing] of owners) {
    const layers = [...new Set(sharing.map(({ layer }) => layer))];
    if (layers.length < 2) continue;
    yield {
      id: "cookies.clash",
      level: "error",
      layer: layers[0]!,
      message: `${
        layers.map(call).join(" and ")
      } keep what is theirs in the same cookie, ${name}: each replaces the other's.`,
      hint: "Give each a name of its own, or none, which is the default.",
      problems: [...new Set(sharing.flatMap(({ problems = [] }) => [...problems]))],
    };
  }
}

/** Whether every page of a host may set a cookie for a domain. (RFC 6265 §5.1.3.) */
function isWithin(host: string, domain: string): boolean {
  const wanted = domain.replace(/^\./, "").toLowerCase();
  const name = host.replace(/^\./, "").replace(/\.$/, "").toLowerCase();
  return name === wanted || name.endsWith(`.${wanted}`);
}
