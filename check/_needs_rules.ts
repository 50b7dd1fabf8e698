import { CookieMessages } from "../messages/cookie_messages.ts";
import { FallbackMessages } from "../messages/fallback_messages.ts";
import { SessionMessages } from "../messages/session_messages.ts";
import { call, factsOf, type Placed, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** What the compiler says too, for those who have silenced it or write JavaScript. (Django's auth.E013 and admin.E408 to E410.) */
export function* needsRules(stack: Stack): Generator<Finding> {
  for (const layer of stack.layers) {
    if (!layer.described) continue;
    const needed = needOf(layer);
    if (needed === undefined || stack.hasStrangerOutside(layer)) continue;
    if (stack.all(needed).some(({ index }) => index < layer.index)) continue;
    yield {
      id: "order.needs",
      level: "error",
      layer: layer.name,
      message: `${call(layer.name)} needs what ${call(needed)} adds, which is not outside of it.`,
      hint: `Put ${call(needed)} before ${call(layer.name)}; the compiler says so too, where it is asked.`,
      ...(layer.name === "loginRequired" ? { django: ["auth.E013"] } : {}),
      ...(layer.name === "authentication" ? { django: ["admin.E410"] } : {}),
      ...(layer.name === "messages" ? { django: ["admin.E410"] } : {}),
    };
  }
}

function needOf(layer: Placed): string | undefined {
  switch (layer.name) {
    case "fetchCache":
      return "updateCache";
    case "authentication":
      return "sessions";
    case "loginRequired":
    case "remoteUser":
    case "persistentRemoteUser":
      return "authentication";
    case "redirects":
    case "flatpages":
      return "currentSite";
    case "csrf":
      return factsOf<{ storage: string }>(layer).storage === "session" ? "sessions" : undefined;
    case "messages": {
      const { storage } = factsOf<{ storage: unknown }>(layer);
      if (storage instanceof CookieMessages) return undefined;
      return storage instanceof FallbackMessages || storage instanceof SessionMessages ? "sessions" : undefined;
    }
  }
  return undefined;
}
