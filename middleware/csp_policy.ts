/**
 * A policy, checked and ready to be sent.
 *
 * @module
 */

import { CSP, type CspPolicy } from "./csp_directives.ts";
import type { FrameOption } from "./x_frame_options.ts";

/** What decides about a policy's text, beside the policy itself. */
export interface PolicyRequest {
  /** The request's nonce, if it was asked for. */
  readonly nonce: string | undefined;
  /** What the view says about frames; `undefined` if nothing. */
  readonly frames: FrameOption | undefined;
  /** Where violations are reported, as directives; `""` if nowhere. */
  readonly reporting: string;
}

/**
 * A policy as a header's value. It is checked when the object is made, and its text is put together once, but for the nonce.
 *
 * @internal
 */
export class CspHeader {
  readonly #directives: readonly Directive[];
  readonly #reports: boolean;
  readonly #texts = new Map<string, string>();

  /**
   * Checks a policy.
   *
   * @param policy The policy.
   * @param owner Whose option it is, for the messages.
   * @throws {TypeError} If a browser would not understand it, or it would not mean what it seems to.
   */
  constructor(policy: CspPolicy, owner: string) {
    if (typeof policy !== "object" || policy === null || Array.isArray(policy)) {
      throw new TypeError(`Cannot create ${owner} as a policy must be an object: received ${Deno.inspect(policy)}`);
    }
    this.#directives = Object.entries(policy).flatMap(([name, value]) => {
      const values = checkedValues(owner, name, value);
      return values === undefined ? [] : [{ name, values }];
    });
    this.#reports = this.#directives.some(({ name }) => name === "report-to" || name === "report-uri");
  }

  /**
   * Writes the policy.
   *
   * @param asked What it depends on.
   * @returns The header's value; `""` if there is nothing to send.
   */
  text({ nonce, frames, reporting }: PolicyRequest): string {
    const key = `${nonce !== undefined} ${frames} ${reporting}`;
    let text = this.#texts.get(key);
    if (text === undefined) {
      const parts = this.#directives.map((directive) => write(directive, nonce !== undefined, frames))
        .filter((part) => part !== "");
      if (parts.length > 0 && !this.#reports && reporting !== "") parts.push(reporting);
      this.#texts.set(key, text = parts.join("; "));
    }
    return nonce === undefined ? text : text.replaceAll(CSP.NONCE, `'nonce-${nonce}'`);
  }
}

interface Directive {
  readonly name: string;
  readonly values: readonly string[];
}

function write({ name, values }: Directive, nonced: boolean, frames: FrameOption | undefined): string {
  if (name === "frame-ancestors" && frames !== undefined) {
    if (frames === false) return "";
    values = [frames === "DENY" ? CSP.NONE : CSP.SELF];
  }
  if (!nonced && values.includes(CSP.NONCE)) {
    values = values.filter((value) => value !== CSP.NONCE);
    // A directive that is left out allows what default-src does, and 'strict-dynamic' by itself allows nothing.
    if (values.every((value) => value === CSP.STRICT_DYNAMIC)) values = [CSP.NONE];
  }
  return [name, ...values].join(" ");
}

const FLAGS: ReadonlySet<string> = new Set(["upgrade-insecure-requests"]);
const LISTS: ReadonlySet<string> = new Set([
  ...["default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem"],
  ...["style-src-attr", "img-src", "font-src", "connect-src", "media-src", "object-src", "manifest-src", "child-src"],
  ...["frame-src", "worker-src", "base-uri", "form-action", "frame-ancestors", "sandbox", "require-trusted-types-for"],
  ...["trusted-types", "report-uri", "report-to"],
]);

function checkedValues(owner: string, name: string, value: unknown): readonly string[] | undefined {
  if (!LISTS.has(name) && !FLAGS.has(name)) {
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const advice = LISTS.has(kebab) || FLAGS.has(kebab) ? `: write ${JSON.stringify(kebab)}` : "";
    throw new TypeError(`Cannot create ${owner} as there is no directive ${JSON.stringify(name)}${advice}`);
  }
  if (value === false || value === undefined || value === null) return undefined;
  if (FLAGS.has(name) || value === true) {
    if (value === true && (FLAGS.has(name) || name === "sandbox")) return [];
    throw refusal(owner, name, FLAGS.has(name) ? "must be true or false" : "must be a source or a list", value);
  }
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) {
    throw refusal(owner, name, "must name a source: write [CSP.NONE] to allow nothing, or false to say nothing", value);
  }
  for (const each of values) checkSource(owner, name, each);
  if (values.length > 1 && values.includes(CSP.NONE)) {
    throw refusal(owner, name, "can't allow nothing ('none') and something", value);
  }
  if (name === "report-to" && values.length > 1) throw refusal(owner, name, "must be one name", value);
  return [...new Set(values as string[])];
}

function checkSource(owner: string, name: string, value: unknown): void {
  // Whatever ends a value, a directive or a header: what is meant as one source must not become something else.
  if (typeof value !== "string" || !/^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(value)) {
    throw refusal(owner, name, "must be sources without spaces, commas and semicolons, one by one in a list", value);
  }
  const bare = value.replaceAll("'", "");
  if (value === bare) {
    if (!QUOTED.has(value) && !HASH_REGEXP.test(value) && !value.startsWith("nonce-")) return;
    if (name === "trusted-types" || name === "report-to") return;
    throw refusal(owner, name, `takes its keywords in single quotes, as CSP has them ("'${value}'")`, value);
  }
  if (value !== `'${bare}'`) throw refusal(owner, name, "has a stray single quote", value);
  if (bare.startsWith("nonce-")) {
    throw refusal(owner, name, "can't have a nonce that is always the same: write CSP.NONCE", value);
  }
  if (!QUOTED.has(bare) && bare !== "nonce" && !HASH_REGEXP.test(bare)) {
    throw refusal(owner, name, "has a keyword that browsers don't know", value);
  }
}

const HASH_REGEXP = /^sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}$/;
const QUOTED: ReadonlySet<string> = new Set([
  ...["none", "self", "strict-dynamic", "report-sample", "unsafe-inline", "unsafe-eval", "unsafe-hashes"],
  ...["wasm-unsafe-eval", "inline-speculation-rules", "trusted-types-eval", "unsafe-webtransport-hashes"],
  ...["report-sha256", "report-sha384", "report-sha512", "script", "allow-duplicates"],
]);

function refusal(owner: string, name: string, problem: string, value: unknown): TypeError {
  return new TypeError(`Cannot create ${owner} as ${name} ${problem}: received ${Deno.inspect(value)}`);
}
