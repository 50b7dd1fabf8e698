/**
 * What a page may use of the machine it is shown on.
 *
 * @module
 */

import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { inSteps, type Steps } from "./steps.ts";

/** What browsers let pages use, as it is called in the header. (Permissions Policy, and the specifications of the features.) */
export type PermissionsFeature =
  | "accelerometer"
  | "ambient-light-sensor"
  | "attribution-reporting"
  | "autoplay"
  | "bluetooth"
  | "browsing-topics"
  | "camera"
  | "clipboard-read"
  | "clipboard-write"
  | "compute-pressure"
  | "cross-origin-isolated"
  | "display-capture"
  | "encrypted-media"
  | "fullscreen"
  | "gamepad"
  | "geolocation"
  | "gyroscope"
  | "hid"
  | "identity-credentials-get"
  | "idle-detection"
  | "keyboard-map"
  | "local-fonts"
  | "magnetometer"
  | "microphone"
  | "midi"
  | "otp-credentials"
  | "payment"
  | "picture-in-picture"
  | "publickey-credentials-create"
  | "publickey-credentials-get"
  | "screen-wake-lock"
  | "serial"
  | "speaker-selection"
  | "storage-access"
  | "sync-xhr"
  | "unload"
  | "usb"
  | "web-share"
  | "window-management"
  | "xr-spatial-tracking";

/**
 * Who may use a feature: `"*"` everybody, or a list of `"self"` (the site) and origins (`https://maps.example`, `https://*.maps.example`) whose
 * frames may too; the empty list nobody. `false` says nothing, and leaves it to the browser.
 */
export type PermissionsAllowlist = "*" | readonly string[] | false;

/** Features, and who may use them. */
export type PermissionsPolicy = { readonly [F in PermissionsFeature]?: PermissionsAllowlist };

/**
 * Sends `Permissions-Policy` with every response of the layers inside: which features of the machine the site's pages, and the frames in them, may use. Without options
 * nobody may use what a usual site never does: camera, microphone, position, motion, payment, the devices at the machine, and advertising topics. What is
 * given is added to that, or replaces it, feature by feature.
 *
 * A `Permissions-Policy` that is on the response already stays.
 *
 * @param policy What differs from the default.
 * @returns The middleware.
 * @throws {TypeError} If a feature is unknown, or a list holds something that is no origin.
 *
 * @example
 * ```ts
 * import { permissionsPolicy, pipeline } from "@nuages/web/middleware";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(permissionsPolicy({ geolocation: ["self", "https://maps.example"], fullscreen: "*" }))
 *   .handle(() => new Response("hello"));
 * const header = (await app(new Request("https://shop.example/"))).headers.get("Permissions-Policy")!;
 *
 * assertStringIncludes(header, 'geolocation=(self "https://maps.example")');
 * assertStringIncludes(header, "camera=()");
 * assertEquals(header.endsWith("fullscreen=*"), true);
 * ```
 */
export function permissionsPolicy(policy: PermissionsPolicy = {}): Middleware {
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) {
    throw new TypeError(
      `Cannot create permissionsPolicy as the policy must be an object: received ${Deno.inspect(policy)}`,
    );
  }
  const entries = Object.entries<unknown>({ ...NOBODY, ...policy });
  const header = entries.flatMap(([feature, allowed]) => write(feature, allowed)).join(", ");
  const steps: Steps = {
    name: "permissionsPolicy",
    leave(response) {
      if (header !== "" && !response.headers.has("Permissions-Policy")) {
        response.headers.set("Permissions-Policy", header);
      }
      return response;
    },
  };
  return describeLayer((next) => inSteps(next, steps), {
    name: "permissionsPolicy",
    sends: { "Permissions-Policy": header },
  });
}

/** What is closed by default: what Chromium, Firefox and Safari ask the visitor for, or tell sites about the visitor. */
const NOBODY: PermissionsPolicy = Object.fromEntries(
  [
    ...["accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid"],
    ...["idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial", "usb"],
    ...["window-management", "xr-spatial-tracking"],
  ].map((feature) => [feature, []]),
);

const OTHERS: readonly string[] = [
  ...["ambient-light-sensor", "attribution-reporting", "autoplay", "bluetooth", "clipboard-read", "clipboard-write"],
  ...["compute-pressure", "cross-origin-isolated", "encrypted-media", "fullscreen", "gamepad"],
  ...["identity-credentials-get", "keyboard-map", "otp-credentials", "picture-in-picture"],
  ...["publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "speaker-selection"],
  ...["storage-access", "sync-xhr", "unload", "web-share"],
];
const FEATURES: ReadonlySet<string> = new Set([...Object.keys(NOBODY), ...OTHERS]);

/** A member of a structured dictionary. (RFC 9651 §3.2.) */
function write(feature: string, allowed: unknown): string[] {
  if (!FEATURES.has(feature)) {
    throw new TypeError(`Cannot create permissionsPolicy as there is no feature ${JSON.stringify(feature)}`);
  }
  if (allowed === false || allowed === undefined) return [];
  if (allowed === "*") return [`${feature}=*`];
  if (!Array.isArray(allowed)) {
    throw new TypeError(
      `Cannot create permissionsPolicy as ${feature} must be "*", a list or false: received ${Deno.inspect(allowed)}`,
    );
  }
  return [`${feature}=(${allowed.map((each) => each === "self" ? each : `"${origin(feature, each)}"`).join(" ")})`];
}

function origin(feature: string, value: unknown): string {
  const url = typeof value === "string" ? URL.parse(value.replace("://*.", "://")) : null;
  const web = url?.protocol === "https:" || url?.protocol === "http:";
  if (web && url.origin === (value as string).replace("://*.", "://")) return value as string;
  throw new TypeError(
    `Cannot create permissionsPolicy as ${feature} must list "self" and origins, such as "https://maps.example": ` +
      `received ${Deno.inspect(value)}`,
  );
}
