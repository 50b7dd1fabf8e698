/**
 * Looking an application over before visitors do.
 *
 * @module
 */

import type { App } from "../middleware/pipeline.ts";
import { appDescriptionOf } from "../middleware/describe_layer.ts";
import { authRules } from "./_auth_rules.ts";
import { contentSecurityPolicyRules } from "./_csp_rules.ts";
import { cookieRules } from "./_cookie_rules.ts";
import { csrfDeployRules, csrfRules } from "./_csrf_rules.ts";
import { memoryRules } from "./_memory_rules.ts";
import { needsRules } from "./_needs_rules.ts";
import { orderRules } from "./_order_rules.ts";
import { proxyDeployRules, proxyRules } from "./_proxy_rules.ts";
import { securityRules } from "./_security_rules.ts";
import { settingsRules } from "./_settings_rules.ts";
import { sorted } from "./_sorted.ts";
import { Stack } from "./_stack.ts";
import { twiceRules } from "./_twice_rules.ts";
import type { Finding } from "./finding.ts";

/** Options of {@linkcode check}. */
export interface CheckOptions {
  /**
   * Also looks for what matters only where visitors are: https, debug pages, stores that forget. (Django's `check --deploy`.)
   *
   * @default {false}
   */
  deploy?: boolean;
  /**
   * The ids of rules that have been thought about and are let alone: `["security.hsts_preload"]`. (Django's `SILENCED_SYSTEM_CHECKS`.)
   *
   * @default {[]}
   */
  silence?: readonly string[];
}

/**
 * Says what is wrong with an application, from what its layers say of themselves: orders that types can't see, layers that are there twice, cookies that browsers won't send back, and with
 * `deploy: true` what a security review asks for. (Django's system checks.) No request is made, and nothing is changed; {@linkcode probe} asks pages too.
 *
 * Every rule is explained in `docs/checks.md`. What a middleware of your own does is known only if it says so, by {@linkcode describeLayer}.
 *
 * @param app The application, as `handle()` gave it.
 * @param options Whether it is about to be deployed, and what is let alone.
 * @returns The findings, worst first; none if all is well.
 * @throws {TypeError} If it is no application of a pipeline.
 *
 * @example
 * ```ts
 * import { check } from "@nuages/web/check";
 * import { conditionalGet, gzip, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(conditionalGet()).use(gzip()).handle(() => new Response("hello"));
 * const [finding] = check(app);
 *
 * assertEquals([finding?.id, finding?.level], ["order.gzip", "warning"]);
 * assertEquals(finding?.hint, "Put gzip() outside of conditionalGet().");
 * ```
 */
export function check(app: App, options: CheckOptions = {}): Finding[] {
  const { deploy = false, silence = [] } = options;
  const description = appDescriptionOf(app);
  if (description === undefined) {
    throw new TypeError(
      `Cannot check what is no application: pass what pipeline().handle() returned, received ${
        app === null ? "null" : typeof app
      }`,
    );
  }
  const stack = new Stack(description);
  const rules = deploy ? [...ALWAYS, ...DEPLOY] : ALWAYS;
  return sorted(rules.flatMap((rule) => [...rule(stack)])).filter(({ id }) => !silence.includes(id));
}

const ALWAYS = [needsRules, twiceRules, orderRules, cookieRules, settingsRules, csrfRules, proxyRules];
const DEPLOY = [
  securityRules,
  contentSecurityPolicyRules,
  csrfDeployRules,
  proxyDeployRules,
  memoryRules,
  authRules,
];
