/**
 * Which hosts the site answers for.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { BadRequest, HttpError } from "./http_error.ts";
import { RequestContext } from "./request_context.ts";
import { inSteps, type Steps } from "./steps.ts";

/**
 * Answers only for the hosts a site has; a request for any other is 400. Whoever asks names the host, so without this an address made of
 * `context.url` or `client.host`, in a mail that resets a password or in a cache, may lead to somebody else's site, and a page elsewhere can point
 * its own name at this machine (DNS rebinding). (Django's `ALLOWED_HOSTS`.)
 *
 * `"example.com"` is that host alone, `".example.com"` it and all below, `"*"` any. Letter case, the port and the dot at the end of a fully written name don't
 * count; an IPv6 address stands in brackets. With `debug: true` the names of this machine are allowed too (`localhost`, `*.localhost`, `127.0.0.1`, `[::1]`).
 *
 * It belongs before everything that uses the host, so that nothing else has to think of it. A refusal is the event `host.rejected`, which names the host.
 *
 * @param hosts The hosts.
 * @returns The middleware.
 * @throws {TypeError} If there is none, or one isn't written as above.
 *
 * @example
 * ```ts
 * import { allowedHosts, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(allowedHosts([".example.com"])).handle(() => new Response("hello"));
 *
 * assertEquals((await app(new Request("https://shop.example.com/"))).status, 200);
 * assertEquals((await app(new Request("https://evil.example/"))).status, 400);
 * ```
 */
export function allowedHosts(hosts: readonly string[]): Middleware {
  if (!Array.isArray(hosts)) {
    throw new TypeError(
      `Cannot create allowedHosts as the hosts must be a list, such as ["example.com"]: received ${
        Deno.inspect(hosts)
      }`,
    );
  }
  if (hosts.length === 0) {
    throw new TypeError(
      'Cannot create allowedHosts without a host: name those the site has, such as allowedHosts(["example.com"])',
    );
  }
  const { any, exact, suffixes } = parseHosts(hosts);

  return describeLayer((next, app) => {
    const debug = app?.debug ?? false;

    function isAllowed(hostname: string): boolean {
      const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
      return exact.has(name) || suffixes.some((suffix) => name.endsWith(suffix)) || debug && isThisMachine(name);
    }

    const steps: Steps = {
      name: "allowedHosts",
      enter(request, context) {
        // Most hosts are known without parsing the address.
        const written = RequestContext.writtenHostnameOf(context);
        if (written !== undefined && (any || isAllowed(written))) return undefined;
        const { host, hostname } = readHost(request, context);
        if (any || isAllowed(hostname)) return undefined;
        const advice = `if it is yours, add ${suggestion(hostname)}`;
        reject(context, host, `Host ${JSON.stringify(host)} is not allowed: ${advice}`);
        throw new BadRequest("This site does not go by the name it was asked for");
      },
      leave: (response) => response,
    };
    return inSteps(next, steps);
  }, { name: "allowedHosts", facts: { hosts } });
}

interface Hosts {
  readonly any: boolean;
  readonly exact: ReadonlySet<string>;
  /** Such as `.example.com`. */
  readonly suffixes: readonly string[];
}

function parseHosts(hosts: readonly string[]): Hosts {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of hosts) {
    if (entry === "*") continue;
    const name = canonicalName(entry);
    if (entry.startsWith(".")) suffixes.push(`.${name}`);
    exact.add(name);
  }
  return { any: hosts.includes("*"), exact, suffixes };
}

/** The name as a browser writes it: lower case, ASCII, an address in its shortest form. */
function canonicalName(entry: unknown): string {
  const name = typeof entry === "string" ? entry.replace(/^\./, "").replace(/\.$/, "") : "";
  const url = /^(?:[^\s/?#@:*[\]\\%]+|\[[0-9A-Fa-f:.]+\])$/.test(name) ? URL.parse(`http://${name}`) : null;
  if (url !== null && !url.hostname.startsWith(".") && !url.hostname.endsWith(".")) return url.hostname;
  throw new TypeError(
    `Cannot allow host ${Deno.inspect(entry)} as it is no host: ` +
      `write "example.com", ".example.com" for it and all below, "[::1]" for an IPv6 address, without scheme, port and path`,
  );
}

function readHost(request: Request, context: Context): { host: string; hostname: string } {
  try {
    return context.url;
  } catch (error) {
    if (error instanceof HttpError) {
      const sent = request.headers.get("Host")?.slice(0, 255) ?? "";
      reject(context, sent, `Host ${JSON.stringify(sent)} is not allowed: it is malformed`);
    }
    throw error;
  }
}

function reject(context: Context, host: string, message: string): void {
  context.emit({ name: "host.rejected", message, data: { host } });
}

function suggestion(hostname: string): string {
  return `${JSON.stringify(hostname)} to allowedHosts([...])`;
}

function isThisMachine(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || name === "127.0.0.1" || name === "[::1]";
}
