import { httpsRedirectOf, type Stack } from "./_stack.ts";
import type { CommonProblem, Finding } from "./finding.ts";

/** Proxies that are believed without being named. */
export function* proxyRules({ app: { proxies } }: Stack): Generator<Finding> {
  const everybody = proxies?.trust.filter((entry) => entry.endsWith("/0")) ?? [];
  if (everybody.length === 0) return;
  yield {
    id: "proxies.everybody",
    level: "error",
    message: `pipeline({ proxies }) trusts ${
      everybody.join(", ")
    }, which is everybody: any visitor says which address, scheme and host they have.`,
    hint: "Name the proxies, or the network that they, and no visitors, are in.",
  };
}

/** A proxy that may be there without anybody having told. */
export function* proxyDeployRules(stack: Stack): Generator<Finding> {
  if (stack.app.proxies !== undefined) return;
  const problems: CommonProblem[] = [];
  if (stack.has("sessions")) problems.push("session doesn't stick");
  if (stack.has("csrf")) problems.push("CSRF 403");
  if (stack.has("messages")) problems.push("message never or twice");
  const redirects = stack.layers.some((layer) => httpsRedirectOf(layer) !== undefined);
  if (problems.length === 0 && !redirects) return;
  yield {
    id: "proxies.none",
    level: "info",
    message:
      "No proxy is trusted. If one stands before the application and ends https there (nginx, Caddy, a load balancer), every request looks like plain http to it, where browsers keep no Secure cookie" +
      `${redirects ? ", and sslRedirect never ends" : ""}.`,
    hint: "Name it: pipeline({ proxies: { trust: [its address] } }). If there is none, silence this.",
    problems,
    events: ["cookie.insecure_transport", "csrf.rejected", "security.untrusted_proxy"],
  };
}
