import type { CspPolicy } from "../middleware/csp_directives.ts";
import { factsOf, httpsRedirectOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** What Django's `check --deploy` asks of its SecurityMiddleware, and of DEBUG and ALLOWED_HOSTS. */
export function* securityRules(stack: Stack): Generator<Finding> {
  yield* pipelineRules(stack);
  const [layer] = stack.all("security");
  if (layer === undefined) {
    yield {
      id: "security.missing",
      level: "warning",
      message: "There is no security(): browsers aren't told to keep to https, nor not to guess types.",
      hint: "Put security({ hstsSeconds, sslRedirect: true }) first.",
      django: ["security.W001", "security.W002"],
    };
    return;
  }
  const finding = (
    id: string,
    django: string[],
    message: string,
    hint: string,
    level: Finding["level"] = "warning",
  ) => ({
    ...{ id: `security.${id}`, level, message, hint, layer: "security" },
    ...(django.length > 0 ? { django: django.map((name) => `security.${name}`) } : {}),
  });

  const frames = stack.sends("X-Frame-Options");
  if (frames !== "DENY" && !framesByPolicy(stack)) {
    yield finding(
      "frame_options",
      [frames === undefined ? "W002" : "W019"],
      frames === undefined
        ? "Any site may show this one's pages in a frame, and have visitors click on them."
        : "The site's own pages may show each other in frames.",
      'Leave frameOptions at "DENY", and say it of single views: xFrameOptions("SAMEORIGIN")(view).',
    );
  }
  if (stack.sends("X-Content-Type-Options") === undefined) {
    yield finding("nosniff", ["W006"], "Browsers may guess another type than a response names.", "Leave nosniff on.");
  }
  if (stack.sends("Referrer-Policy") === undefined) {
    yield finding(
      "referrer_policy",
      ["W022"],
      "Other sites may be told which page a visitor comes from.",
      'Leave referrerPolicy at "same-origin".',
    );
  }
  const opener = stack.sends("Cross-Origin-Opener-Policy");
  if (opener === undefined || opener === "unsafe-none") {
    yield finding(
      "opener_policy",
      [],
      "Windows of other sites may reach this one's.",
      'Leave crossOriginOpenerPolicy at "same-origin", or take "same-origin-allow-popups".',
      "info",
    );
  }
  if (!stack.layers.some((layer) => httpsRedirectOf(layer) !== undefined)) {
    yield finding(
      "ssl_redirect",
      ["W008"],
      "Visitors who come over plain http stay there, where their session's cookie isn't kept.",
      "Write security({ sslRedirect: true }), unless whatever stands before the application does it; then silence this.",
    );
  }
  const hsts = stack.sends("Strict-Transport-Security");
  if (typeof hsts !== "string") {
    yield finding(
      "hsts",
      ["W004"],
      "Browsers are not told to use nothing but https (HSTS).",
      "Write security({ hstsSeconds: 3600 }), and when all is well a year: 31_536_000.",
    );
    return;
  }
  if (!hsts.includes("includeSubDomains")) {
    yield finding(
      "hsts_subdomains",
      ["W005"],
      "Subdomains aren't held to https, and somebody on the way can set cookies for the site in the name of one.",
      "Write hstsIncludeSubdomains: true if all of them have https.",
    );
  }
  if (!hsts.includes("preload")) {
    yield finding(
      "hsts_preload",
      ["W021"],
      "Browsers learn of https with the first visit only, which somebody on the way can prevent.",
      "Write hstsPreload: true and enter the site at hstspreload.org, if it is to be https for ever.",
      "info",
    );
  }
}

/** Browsers that know it go by the policy's word on frames, and all current ones do. */
function framesByPolicy(stack: Stack): boolean {
  const { policy } = factsOf<{ policy: CspPolicy }>(stack.first("contentSecurityPolicy"));
  return [policy?.["frame-ancestors"]].flat().join() === "'none'";
}

function* pipelineRules(stack: Stack): Generator<Finding> {
  if (stack.app.debug) {
    yield {
      id: "app.debug",
      level: "error",
      message: "Error pages show the program's inside to visitors.",
      hint: "Take debug out of pipeline(), or let it depend on where the program runs.",
      django: ["security.W018"],
    };
  }
  const [layer] = stack.all("allowedHosts");
  const { hosts = [] } = factsOf<{ hosts: readonly string[] }>(layer);
  if (layer !== undefined && hosts.every(isThisMachine)) {
    yield {
      id: "app.local_hosts",
      level: "warning",
      layer: "allowedHosts",
      message: "The site answers for this machine only, and everybody else gets a 400.",
      hint: 'Name the hosts that visitors ask for: allowedHosts(["example.com"]).',
      events: ["host.rejected"],
    };
  }
  if (layer !== undefined && !hosts.includes("*")) return;
  yield {
    id: "app.hosts",
    level: "warning",
    ...(layer === undefined ? {} : { layer: "allowedHosts" }),
    message: layer === undefined
      ? "The site answers for any host that a visitor names, and addresses made of that lead where they like."
      : 'allowedHosts() has "*", which is every host that a visitor names.',
    hint: 'Name the hosts of the site: use(allowedHosts(["example.com"])) before what uses them.',
    django: ["security.W020"],
    events: ["host.rejected"],
  };
}

function isThisMachine(host: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])\.?$/i.test(host);
}
