/**
 * Which security headers to send.
 *
 * @module
 */

/** How much of the address a browser tells other pages and sites. (Referrer Policy §3.) */
export type ReferrerPolicy =
  | "no-referrer"
  | "no-referrer-when-downgrade"
  | "origin"
  | "origin-when-cross-origin"
  | "same-origin"
  | "strict-origin"
  | "strict-origin-when-cross-origin"
  | "unsafe-url";

/** Whether a window that another site opened, or that opens another site, shares a browsing context with it. (HTML, cross-origin opener policies.) */
export type CrossOriginOpenerPolicy =
  | "same-origin"
  | "same-origin-allow-popups"
  | "noopener-allow-popups"
  | "unsafe-none";

/** What a page must agree to, to be loaded into this one. (HTML, cross-origin embedder policies.) */
export type CrossOriginEmbedderPolicy = "require-corp" | "credentialless" | "unsafe-none";

/** Whose pages may load this response without asking (CORS). (Fetch, `Cross-Origin-Resource-Policy`.) */
export type CrossOriginResourcePolicy = "same-origin" | "same-site" | "cross-origin";

/** Which headers {@linkcode security} sends. */
export interface SecurityHeadersOptions {
  /**
   * For how long, in seconds, browsers are to use nothing but https for this host (RFC 6797); 0 sends nothing. Begin with an hour: browsers
   * that have seen it keep to it, whatever the site says later.
   *
   * @default {0}
   */
  hstsSeconds?: number;
  /**
   * Holds all subdomains to https too. Takes `hstsSeconds`.
   *
   * @default {false}
   */
  hstsIncludeSubdomains?: boolean;
  /**
   * Agrees to be built into browsers (hstspreload.org). Takes `hstsSeconds` of a year, 31 536 000, and the subdomains. Leaving the list takes months.
   *
   * @default {false}
   */
  hstsPreload?: boolean;
  /**
   * Which pages may show this site in a frame: none, or its own. `false` sends nothing.
   *
   * @default {"DENY"}
   */
  frameOptions?: "DENY" | "SAMEORIGIN" | false;
  /**
   * What the browser tells other sites of where the visitor comes from. In a list browsers take the last one they know. `false` sends nothing.
   *
   * `"no-referrer"` makes browsers hide the origin of forms too, which CSRF checks need.
   *
   * @default {"same-origin"}
   */
  referrerPolicy?: ReferrerPolicy | readonly ReferrerPolicy[] | false;
  /**
   * Keeps windows of other sites from reaching this one's. `false` sends nothing.
   *
   * @default {"same-origin"}
   */
  crossOriginOpenerPolicy?: CrossOriginOpenerPolicy | false;
  /**
   * What other sites' images, scripts and frames must say before they are loaded into this site's pages. With `"require-corp"` or `"credentialless"`, and
   * `crossOriginOpenerPolicy: "same-origin"`, pages are isolated, and get `SharedArrayBuffer` and exact clocks. `false` sends nothing, as most sites embed
   * something that doesn't know of it.
   *
   * @default {false}
   */
  crossOriginEmbedderPolicy?: CrossOriginEmbedderPolicy | false;
  /**
   * Which pages may show this site's images, scripts and other responses: the site's own, those of its subdomains too, or all. `"same-origin"` is the one to
   * choose for a site whose images nobody else shows. `false` sends nothing, and leaves it to the browser.
   *
   * @default {false}
   */
  crossOriginResourcePolicy?: CrossOriginResourcePolicy | false;
  /**
   * Asks browsers to give the site's pages a process of their own, apart from those of its subdomains (`Origin-Agent-Cluster: ?1`). They can't set `document.domain`
   * any more. `false` sends nothing.
   *
   * @default {false}
   */
  originAgentCluster?: boolean;
  /**
   * Forbids browsers to guess a type other than the one the response names.
   *
   * @default {true}
   */
  nosniff?: boolean;
}

/** Names and values of headers. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/**
 * Checks the options, and makes the headers once for all responses.
 *
 * @param options Which headers to send.
 * @returns Those for every response, and those for responses over https.
 * @throws {TypeError} If a value is unknown, or contradicts another.
 * @throws {RangeError} If `hstsSeconds` is no whole number from 0.
 * @internal
 */
export function securityHeaders(options: SecurityHeadersOptions): { always: HeaderPairs; overHttps?: HeaderPairs } {
  const {
    frameOptions = "DENY",
    referrerPolicy = "same-origin",
    crossOriginOpenerPolicy = "same-origin",
    crossOriginEmbedderPolicy = false,
    crossOriginResourcePolicy = false,
    originAgentCluster = false,
    nosniff = true,
  } = options;
  const always: [string, string][] = [];
  if (frameOptions !== false) always.push(["X-Frame-Options", known("frameOptions", frameOptions, FRAME_OPTIONS)]);
  if (flag("nosniff", nosniff)) always.push(["X-Content-Type-Options", "nosniff"]);
  if (referrerPolicy !== false) always.push(["Referrer-Policy", referrer(referrerPolicy)]);
  if (crossOriginOpenerPolicy !== false) {
    const value = known("crossOriginOpenerPolicy", crossOriginOpenerPolicy, OPENER_POLICIES);
    always.push(["Cross-Origin-Opener-Policy", value]);
  }
  if (crossOriginEmbedderPolicy !== false) {
    const value = known("crossOriginEmbedderPolicy", crossOriginEmbedderPolicy, EMBEDDER_POLICIES);
    always.push(["Cross-Origin-Embedder-Policy", value]);
  }
  if (crossOriginResourcePolicy !== false) {
    const value = known("crossOriginResourcePolicy", crossOriginResourcePolicy, RESOURCE_POLICIES);
    always.push(["Cross-Origin-Resource-Policy", value]);
  }
  if (flag("originAgentCluster", originAgentCluster)) always.push(["Origin-Agent-Cluster", "?1"]);
  const hsts = strictTransportSecurity(options);
  return hsts === undefined ? { always } : { always, overHttps: [["Strict-Transport-Security", hsts]] };
}

const FRAME_OPTIONS = ["DENY", "SAMEORIGIN"];
const OPENER_POLICIES = ["same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"];
const EMBEDDER_POLICIES = ["require-corp", "credentialless", "unsafe-none"];
const RESOURCE_POLICIES = ["same-origin", "same-site", "cross-origin"];
const REFERRER_POLICIES = [
  "no-referrer",
  "no-referrer-when-downgrade",
  "origin",
  "origin-when-cross-origin",
  "same-origin",
  "strict-origin",
  "strict-origin-when-cross-origin",
  "unsafe-url",
];
const YEAR = 31_536_000;

function strictTransportSecurity(options: SecurityHeadersOptions): string | undefined {
  const { hstsSeconds = 0 } = options;
  const subdomains = flag("hstsIncludeSubdomains", options.hstsIncludeSubdomains ?? false);
  const preload = flag("hstsPreload", options.hstsPreload ?? false);
  if (!Number.isSafeInteger(hstsSeconds) || hstsSeconds < 0) {
    throw new RangeError(
      `Cannot create security as hstsSeconds must be a whole number of seconds from 0: received ${hstsSeconds}`,
    );
  }
  if (preload && (hstsSeconds < YEAR || !subdomains)) {
    throw new TypeError(
      `Cannot create security as hstsPreload takes hstsSeconds of at least ${YEAR} and hstsIncludeSubdomains: ` +
        `received ${hstsSeconds} and ${subdomains}`,
    );
  }
  if (subdomains && hstsSeconds === 0) {
    throw new TypeError(
      "Cannot create security as hstsIncludeSubdomains does nothing without hstsSeconds: set both or none",
    );
  }
  if (hstsSeconds === 0) return undefined;
  return `max-age=${hstsSeconds}${subdomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}

function referrer(policy: ReferrerPolicy | readonly ReferrerPolicy[]): string {
  const policies: readonly string[] = typeof policy === "string" ? [policy] : policy;
  if (!Array.isArray(policies) || policies.length === 0) {
    throw new TypeError(
      "Cannot create security as referrerPolicy must name a policy: pass a list of at least one, or false to send nothing",
    );
  }
  return policies.map((each) => known("referrerPolicy", each, REFERRER_POLICIES)).join(",");
}

function known(option: string, value: unknown, values: readonly string[]): string {
  if (typeof value === "string" && values.includes(value)) return value;
  throw new TypeError(
    `Cannot create security as ${option} must be ${values.map((each) => `"${each}"`).join(", ")} or false: ` +
      `received ${Deno.inspect(value)}`,
  );
}

/** A text such as "false" from an environment variable would count as true. */
function flag(option: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot create security as ${option} must be true or false: received ${Deno.inspect(value)}`);
}
