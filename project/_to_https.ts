/** The way to https, inside of the layer that checks the host: a redirect names the host that the visitor has named. */

import { describeLayer } from "../middleware/describe_layer.ts";
import type { Middleware } from "../middleware/handler.ts";
import { httpsRedirect, type HttpsRedirectOptions } from "../middleware/https_redirect.ts";
import { inSteps, type Steps } from "../middleware/steps.ts";

/** Makes the layer, if visitors are to be redirected. */
export function toHttps(options: HttpsRedirectOptions): Middleware | undefined {
  const redirect = httpsRedirect(options);
  if (redirect === undefined) return undefined;
  const steps: Steps = {
    name: "httpsRedirect",
    // What the layers outside send needs no repetition here.
    enter: (request, context) => redirect(request, context, []),
    leave: (response) => response,
  };
  const facts = { redirectsToHttps: true, host: options.sslHost };
  return describeLayer((next) => inSteps(next, steps), { name: "httpsRedirect", facts });
}
