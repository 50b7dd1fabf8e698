import { CSP, type CspPolicy } from "../middleware/csp_directives.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** Whether there is a policy for what pages may load, and whether it holds anything back. Django asks for neither. */
export function* contentSecurityPolicyRules(stack: Stack): Generator<Finding> {
  const [layer] = stack.all("contentSecurityPolicy");
  if (layer === undefined) {
    if (stack.sends("Content-Security-Policy") !== undefined) return;
    yield {
      id: "csp.missing",
      level: "warning",
      message: "What somebody manages to write into a page runs there: there is no Content Security Policy.",
      hint:
        "Put contentSecurityPolicy() after security(). If a middleware of yours sends one, say so by describeLayer().",
    };
    return;
  }
  const { policy = {}, reportOnly = {} } = factsOf<{ policy: CspPolicy; reportOnly: CspPolicy }>(layer);
  const weaknesses = weaknessesOf(policy);
  if (weaknesses.length === 0) return;
  const onTrial = Object.keys(policy).length === 0 && Object.keys(reportOnly).length > 0;
  yield {
    id: "csp.weak",
    level: onTrial ? "info" : "warning",
    layer: "contentSecurityPolicy",
    message: onTrial
      ? "The Content Security Policy is on trial: browsers report violations, and prevent none."
      : `The Content Security Policy lets a script in that somebody writes into a page: ${weaknesses.join("; ")}.`,
    hint: onTrial
      ? "Make it the policy when the reports have stopped."
      : "Begin with STRICT_CSP, and add what the pages need: { ...STRICT_CSP, … }.",
  };
}

function weaknessesOf(policy: CspPolicy): string[] {
  const listOf = (name: keyof CspPolicy): string[] | undefined => {
    const value = policy[name] as unknown;
    return value === undefined || value === false || value === null ? undefined : [value].flat().map(String);
  };
  const found: string[] = [];
  const scripts = listOf("script-src") ?? listOf("default-src");
  if (scripts === undefined) return ["it has neither script-src nor default-src"];
  const isStrict = scripts.some((source) =>
    source === CSP.NONCE || /^'(?:sha(?:256|384|512)-|strict-dynamic)/.test(source)
  );
  if (scripts.includes("'unsafe-inline'") && !isStrict) found.push("scripts in the markup run ('unsafe-inline')");
  if (scripts.includes("'unsafe-eval'")) found.push("texts run as scripts ('unsafe-eval')");
  const open = scripts.filter((source) => /^(?:\*|https?:|data:|blob:)$/.test(source));
  if (open.length > 0 && !scripts.includes("'strict-dynamic'")) {
    found.push(`scripts come from anywhere (${open.join(" ")})`);
  }
  if (listOf("object-src") === undefined && listOf("default-src") === undefined) found.push("it has no object-src");
  if (listOf("base-uri") === undefined) found.push("it has no base-uri, so that a <base> leads scripts elsewhere");
  return found;
}
