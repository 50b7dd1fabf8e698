import { cookiesOf } from "./_cookie_rules.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** What makes csrf() refuse the site's own forms. */
export function* csrfRules(stack: Stack): Generator<Finding> {
  const [layer] = stack.all("csrf");
  const policy = stack.sends("Referrer-Policy");
  // Of a list browsers take the last one they know.
  if (layer !== undefined && typeof policy === "string" && policy.split(",").at(-1) === "no-referrer") {
    yield {
      id: "csrf.referrer_policy",
      level: "warning",
      layer: "csrf",
      message:
        "Referrer-Policy: no-referrer makes browsers hide where a form comes from, which csrf() asks of those that don't say it otherwise.",
      hint: 'Take "same-origin", the default of security(): other sites are told nothing either.',
      problems: ["CSRF 403"],
      events: ["csrf.rejected"],
    };
  }
}

/** What Django's `check --deploy` asks about forms and cookies. */
export function* csrfDeployRules(stack: Stack): Generator<Finding> {
  const [layer] = stack.all("csrf");
  if (layer === undefined && stack.has("sessions", "authentication")) {
    yield {
      id: "csrf.missing",
      level: "warning",
      message: "Other sites can send forms in the name of whoever is signed in: there is no csrf().",
      hint: "Put csrf() after sessions().",
      django: ["security.W003"],
    };
  }
  const { trustedOrigins = [] } = factsOf<{ trustedOrigins: readonly string[] }>(layer);
  const plain = trustedOrigins.filter((origin) => /^http:\/\/(?!localhost\b|127\.)/i.test(origin));
  if (plain.length > 0) {
    yield {
      id: "csrf.trusted_http",
      level: "warning",
      layer: "csrf",
      message: `csrf() trusts ${plain.join(", ")} over plain http, where anybody on the way can write the page.`,
      hint: "Write the origin with https://, which is also what its browser sends.",
      problems: ["CSRF 403"],
      events: ["csrf.rejected"],
    };
  }
  for (const { owner, layer, cookie: { name, attributes } } of cookiesOf(stack)) {
    if (owner === "language") continue;
    if (attributes.secure !== true) {
      yield {
        id: `${owner}.cookie_secure`,
        level: "warning",
        layer,
        message:
          `The cookie ${name} is not Secure, and goes over plain http too, where anybody on the way can read and replace it.`,
        hint: "Leave secure out. On this machine, over http://localhost, it isn't asked for.",
        ...(owner === "messages" ? {} : { django: DJANGO_SECURE[owner] }),
      };
    }
    if (owner !== "csrf" && attributes.httpOnly !== true) {
      yield {
        id: `${owner}.cookie_http_only`,
        level: "warning",
        layer,
        message: `Scripts can read the cookie ${name}, and with them whoever gets one into a page.`,
        hint: "Leave httpOnly out.",
        ...(owner === "session" ? { django: ["security.W013", "security.W014", "security.W015"] } : {}),
      };
    }
  }
}

const DJANGO_SECURE = {
  csrf: ["security.W016"],
  session: ["security.W010", "security.W011", "security.W012"],
};
