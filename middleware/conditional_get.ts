/**
 * Pages that a browser has already aren't sent again.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { lazyNode } from "../cookies/lazy_node.ts";
import { type Awaitable, chain } from "./awaitable.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { letGo } from "./let_go.ts";
import { judge, validatorsOf } from "./preconditions.ts";
import { type Bytes, peekBody } from "./whole_body.ts";

/**
 * Tags pages with a digest of what they hold, and answers 304, without the page, where the browser has it already. (Django's `ConditionalGetMiddleware`.) The page is made all the same:
 * what is saved is the way to the browser. {@linkcode condition} saves the making too.
 *
 * A successful answer to GET or HEAD gets an `ETag` if it has none, isn't `no-store`, and its body is whole: a text or bytes, as views mostly answer. What streams, be it a file or something endless, isn't waited
 * for and gets none (but for a short file that happens to be read by then); with an `ETag` or `Last-Modified` of its own it is compared all the same. Conditions are read as RFC 9110 §13 says; one that fails is a 412.
 *
 * A 304 keeps what isn't about the body: cookies, `Vary`, `Cache-Control`, and what layers outside add. It belongs inside of `gzip()`, and outside of what sets headers for each page.
 *
 * @returns The middleware.
 *
 * @example
 * ```ts
 * import { conditionalGet, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(conditionalGet()).handle(() => new Response("hello"));
 * const first = await app(new Request("http://localhost/"));
 * const headers = { "If-None-Match": first.headers.get("ETag")! };
 * const second = await app(new Request("http://localhost/", { headers }));
 *
 * assertEquals([first.status, await first.text()], [200, "hello"]);
 * assertEquals([second.status, await second.text()], [304, ""]);
 * ```
 */
export function conditionalGet(): Middleware {
  // Now, and not while the first visitor waits.
  nodeCrypto();
  return describeLayer((next) =>
    function conditionalGet(request, context) {
      return chain(next(request, context), (response) => {
        if (!response.ok || request.method !== "GET" && request.method !== "HEAD") return response;
        const isTagged = response.headers.has("ETag") || !mayTag(response);
        return isTagged
          ? conditional(request, response)
          : chain(tagged(response), (tagged) => conditional(request, tagged));
      });
    }, { name: "conditionalGet" });
}

function mayTag({ status, headers }: Response): boolean {
  if (status !== 200 || /(?:^|[\s,])no-store(?:$|[\s,;=])/i.test(headers.get("Cache-Control") ?? "")) return false;
  // Nothing that would be looked at in vain.
  return !/^text\/event-stream\b/i.test(headers.get("Content-Type") ?? "");
}

function tagged(response: Response): Awaitable<Response> {
  const { body } = response;
  return body === null ? response : peekBody(body as ReadableStream<Bytes>).then((content) => {
    if (content instanceof Uint8Array && content.length > 0) response.headers.set("ETag", tagOf(content));
    return new Response(content, response);
  });
}

const nodeCrypto = lazyNode("node:crypto");

/** Half of SHA-256 is plenty: nobody gains by two pages of one tag but whoever wrote both. */
function tagOf(bytes: Bytes): string {
  const digest: Buffer = nodeCrypto().createHash("sha256").update(bytes).digest();
  return `"${digest.toString("base64url", 0, 16)}"`;
}

function conditional(request: Request, response: Response): Awaitable<Response> {
  const validators = validatorsOf(response.headers);
  if (validators.etag === undefined && validators.lastModified === undefined) return response;
  switch (judge(request, validators, true)) {
    case "go on":
      return response;
    case "not modified":
      return chain(letGo(response), () => notModified(response.headers));
    case "failed":
      return chain(letGo(response), () => {
        throw preconditionFailed(response.headers);
      });
  }
}

/**
 * Makes a 304 of the headers of what wasn't modified. Those about the body go (RFC 9110 §15.4.5), and the policy for the page too: a browser would hold the page it has
 * against the new one, whose nonce is another.
 *
 * @param headers The headers.
 * @returns The response.
 * @internal
 */
export function notModified(headers: Headers): Response {
  const kept = [...headers].filter(([name]) => !name.startsWith("content-") || name === "content-location");
  return new Response(null, { status: 304, headers: kept });
}

/**
 * Makes the error for a condition that doesn't hold.
 *
 * @param headers The headers of what would have been answered; its cookies and what it varies by are kept.
 * @returns The error.
 * @internal
 */
export function preconditionFailed(headers?: Headers): HttpError {
  const kept = [...headers ?? []].filter(([name]) => name === "set-cookie" || name === "vary");
  return new HttpError(412, "It was changed meanwhile", { headers: kept });
}
