/**
 * What a Content Security Policy is written with.
 *
 * @module
 */

import { lazyNode } from "../cookies/lazy_node.ts";

/**
 * The keywords of a policy, quotes and all. (Django's `CSP`.) `CSP.NONCE` stands for the nonce of the request, see {@linkcode HasCspNonce}; all others are
 * what a browser reads.
 */
export const CSP: {
  /** Nothing at all. */
  readonly NONE: "'none'";
  /** The site itself: scheme, host and port. */
  readonly SELF: "'self'";
  /** The nonce of the request, if it was asked for; otherwise nothing. */
  readonly NONCE: "'nonce'";
  /** What a trusted script loads is trusted too, and lists of hosts don't count. */
  readonly STRICT_DYNAMIC: "'strict-dynamic'";
  /** The beginning of what was blocked goes into the report. */
  readonly REPORT_SAMPLE: "'report-sample'";
  /** Inline scripts or styles, whoever wrote them: what a policy is to prevent. */
  readonly UNSAFE_INLINE: "'unsafe-inline'";
  /** `eval()` and the like. */
  readonly UNSAFE_EVAL: "'unsafe-eval'";
  /** Hashes count for event handlers and `style` attributes too. */
  readonly UNSAFE_HASHES: "'unsafe-hashes'";
  /** WebAssembly may be compiled, without allowing `eval()`. */
  readonly WASM_UNSAFE_EVAL: "'wasm-unsafe-eval'";
} = {
  NONE: "'none'",
  SELF: "'self'",
  NONCE: "'nonce'",
  STRICT_DYNAMIC: "'strict-dynamic'",
  REPORT_SAMPLE: "'report-sample'",
  UNSAFE_INLINE: "'unsafe-inline'",
  UNSAFE_EVAL: "'unsafe-eval'",
  UNSAFE_HASHES: "'unsafe-hashes'",
  WASM_UNSAFE_EVAL: "'wasm-unsafe-eval'",
};

/** Where something may come from: one source or a list, keywords by {@linkcode CSP}; `false` leaves the directive out, for a policy made of another. */
export type CspSources = string | readonly string[] | false;

/**
 * A Content Security Policy: its directives, as they are called in the header. (CSP Level 3, Trusted Types, HTML.) A directive's values are written
 * in the order of the list.
 */
export interface CspPolicy {
  /** What isn't said otherwise. */
  readonly "default-src"?: CspSources;
  /** Scripts. */
  readonly "script-src"?: CspSources;
  /** `<script>` elements. */
  readonly "script-src-elem"?: CspSources;
  /** Event handlers in attributes. */
  readonly "script-src-attr"?: CspSources;
  /** Styles. */
  readonly "style-src"?: CspSources;
  /** `<style>` and `<link rel="stylesheet">` elements. */
  readonly "style-src-elem"?: CspSources;
  /** `style` attributes. */
  readonly "style-src-attr"?: CspSources;
  /** Images and icons. */
  readonly "img-src"?: CspSources;
  /** Fonts. */
  readonly "font-src"?: CspSources;
  /** What scripts may connect to. */
  readonly "connect-src"?: CspSources;
  /** Audio, video, subtitles. */
  readonly "media-src"?: CspSources;
  /** Plugins. */
  readonly "object-src"?: CspSources;
  /** The web app's manifest. */
  readonly "manifest-src"?: CspSources;
  /** Frames in the page, and workers where those have no directive of their own. */
  readonly "child-src"?: CspSources;
  /** Frames in the page. */
  readonly "frame-src"?: CspSources;
  /** Workers. */
  readonly "worker-src"?: CspSources;
  /** What `<base>` may name. */
  readonly "base-uri"?: CspSources;
  /** Where forms may be sent, and redirected to. */
  readonly "form-action"?: CspSources;
  /** Which pages may show this one in a frame; {@linkcode xFrameOptions} changes it for a view. */
  readonly "frame-ancestors"?: CspSources;
  /** What a sandboxed page may do all the same (`allow-scripts`); `true` for nothing. */
  readonly "sandbox"?: CspSources | true;
  /** Asks for https where the page says http. */
  readonly "upgrade-insecure-requests"?: boolean;
  /** Which sinks take trusted types only: `'script'`. */
  readonly "require-trusted-types-for"?: CspSources;
  /** Which trusted types policies there may be. */
  readonly "trusted-types"?: CspSources;
  /** Where reports are sent, by address; what Firefox and Safari go by. */
  readonly "report-uri"?: CspSources;
  /** Where reports are sent, by the name of an endpoint. */
  readonly "report-to"?: string | false;
}

/**
 * What {@linkcode contentSecurityPolicy} sends if it isn't told: scripts that carry the nonce, and what they load; styles, images, fonts and requests of the
 * site's own; no plugins, no `<base>`, forms to the site itself, no frames around it. To change a part of it: `{ ...STRICT_CSP, "img-src": […] }`.
 */
export const STRICT_CSP: CspPolicy = Object.freeze({
  "default-src": [CSP.SELF],
  "script-src": [CSP.NONCE, CSP.STRICT_DYNAMIC],
  "style-src": [CSP.SELF, CSP.NONCE],
  "img-src": [CSP.SELF, "data:"],
  "object-src": [CSP.NONE],
  "base-uri": [CSP.NONE],
  "form-action": [CSP.SELF],
  "frame-ancestors": [CSP.NONE],
});

/**
 * Makes the source that allows one inline script or style, by its hash: for what is the same on each page. A page that needs no nonce can be cached.
 *
 * @param content What stands between the tags, white space included.
 * @returns The source, such as `'sha256-…'`.
 *
 * @example
 * ```ts
 * import { cspHash } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cspHash("alert(1)"), "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
 * ```
 */
export function cspHash(content: string): string {
  return `'sha256-${nodeCrypto().createHash("sha256").update(content).digest("base64")}'`;
}

const nodeCrypto = lazyNode("node:crypto");
