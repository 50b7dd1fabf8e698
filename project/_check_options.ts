/** What must be right about the options of `recommended()` as a whole; what is said to a layer, the layer checks. */

import type { GivenOptions } from "./_layers.ts";

/** Refuses what can't be meant. */
export function checkRecommendedOptions(options: GivenOptions): void {
  if (typeof options !== "object" || options === null) {
    throw refusal(`its options must be an object with keys and store: received ${Deno.inspect(options)}`);
  }
  for (const [name, value] of Object.entries<unknown>(options)) {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name as keyof typeof KINDS] : undefined;
    if (kind === undefined) {
      throw refusal(
        `there is no option ${JSON.stringify(name)}: those there are, are ${Object.keys(KINDS).join(", ")}`,
      );
    }
    if (value === undefined || kind === "any") continue;
    if (value === false && kind === "layer") continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) continue;
    const allowed = kind === "layer" ? "an object, or false to leave it out" : "an object";
    throw refusal(`${name} must be ${allowed}: received ${Deno.inspect(value)}`);
  }
  if (options.keys === undefined) {
    throw refusal(
      "there are no keys to sign and seal with: pass keys: [key]. Make a good key with: " +
        'deno eval "console.log(crypto.randomUUID() + crypto.randomUUID())"',
    );
  }
  if (options.store === undefined) {
    throw refusal("there is no store to keep sessions in: pass store: new KvStore(await Deno.openKv()), or another");
  }
  checkLayers(options);
}

function checkLayers(options: GivenOptions): void {
  const { outside = [], conditionalGet = false, csrf, authentication, users } = options;
  if (!Array.isArray(outside) || !outside.every((layer) => typeof layer === "function")) {
    throw refusal(`outside must be a list of middleware: received ${Deno.inspect(outside)}`);
  }
  if (typeof conditionalGet !== "boolean") {
    throw refusal(`conditionalGet must be true or false: received ${Deno.inspect(conditionalGet)}`);
  }
  if (authentication !== undefined && users === undefined) {
    throw refusal("authentication is told something and there are no users: pass users: …");
  }
  for (
    const [layer, given, own] of [["sessions", options.sessions, "store"], [
      "authentication",
      authentication,
      "users",
    ]] as const
  ) {
    if (given === undefined || !Object.hasOwn(given, own)) continue;
    throw refusal(`${layer} has ${own} of its own: pass it beside, as recommended({ ${own}: … })`);
  }
  if (csrf && (csrf as { storage?: string }).storage === "session") {
    throw refusal(
      'its csrf() keeps the secret in a cookie: for the session, write recommended<T, "csrf">({ …, csrf: false }).use(csrf({ storage: "session" }))',
    );
  }
}

/** What an option may be, as far as it isn't its layer that says so: an object, or with "layer" also `false`. */
const KINDS = {
  ...{ keys: "any", store: "any", debug: "any", proxies: "object", form: "object", errors: "object" },
  ...{ onEvent: "any", render: "any", hosts: "any", users: "any", authentication: "object" },
  ...{ accessLog: "object", requestId: "layer", serverTiming: "layer", security: "layer", permissionsPolicy: "layer" },
  ...{
    contentSecurityPolicy: "layer",
    outside: "any",
    locale: "object",
    bodyLimit: "layer",
    cache: "any",
    gzip: "layer",
  },
  ...{ conditionalGet: "any", sessions: "object", common: "layer", csrf: "layer", messages: "layer" },
} as const satisfies { readonly [O in keyof GivenOptions]-?: "any" | "object" | "layer" };

function refusal(reason: string): TypeError {
  return new TypeError(`Cannot create recommended as ${reason}`);
}
