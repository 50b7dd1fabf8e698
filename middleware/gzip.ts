/**
 * Compressed responses.
 *
 * @module
 */

import { type ContentCoding, preferredCoding } from "./accept_encoding.ts";
import { optionalFunction, wholeNumber } from "./check_option.ts";
import { type Compression, compressStream, compressWhole, loadZlib } from "./compress.ts";
import { forCompressed, forNotModified, isCompressibleType, mayCompress } from "./compressible.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { inSteps, type Steps } from "./steps.ts";
import { vary } from "./vary.ts";
import { type Bytes, peekBody } from "./whole_body.ts";

/** Options of {@linkcode gzip}. */
export interface GzipOptions {
  /**
   * What to compress with, best first: it decides where a visitor likes several equally well. `"zstd"` takes Deno 2.9 or later.
   *
   * @default {["br", "gzip"]}
   */
  codings?: readonly ContentCoding[];
  /**
   * How long a body must be, in bytes, to be compressed; below that it would grow. A stream whose length isn't known is always compressed.
   *
   * @default {200}
   */
  minBytes?: number;
  /**
   * Gzip's level: 1 is fastest, 9 smallest.
   *
   * @default {6}
   */
  level?: number;
  /**
   * Brotli's quality: 0 is fastest, 11 smallest. At 4 a page takes less than twice gzip's time and a tenth less room; from 5 on the time soars.
   *
   * @default {4}
   */
  quality?: number;
  /**
   * Adds a random number of bytes below this one, up to 256, to each response, so that its length doesn't tell whether something that an attacker got into the page repeats a
   * secret in it (BREACH); 0 adds none.
   *
   * @default {100}
   */
  maxRandomBytes?: number;
  /**
   * Whether a media type (in lower case, without parameters) is worth compressing.
   *
   * @default {texts, JSON, XML, JavaScript, WebAssembly, SVG, and pictures and fonts that aren't packed; event streams are not}
   */
  types?: (type: string) => boolean;
}

/**
 * Compresses what visitors can read compressed, with Brotli or gzip. (Django's `GZipMiddleware`.)
 *
 * What a visitor accepts is read as RFC 9110 says (`gzip;q=0` is a no, `*` a yes). A text is compressed in one go and keeps a length, a stream piece by piece, each of
 * which is sent as soon as it is there; above a megabyte a text goes like a stream, so that others aren't kept waiting. Responses that are encoded already, parts (206, `Content-Range`),
 * `Cache-Control: no-transform`, types that are packed by nature and event streams are let alone. A strong `ETag` becomes a weak one, and the response varies by `Accept-Encoding`; a 304 says both too.
 *
 * It belongs outside of what makes or compares an `ETag`, and inside of what keeps responses for others. Leave `automaticCompression` of `Deno.serve` off: what this middleware has compressed it
 * wouldn't touch, but what is let alone here for a reason it would compress all the same.
 *
 * @param options What differs from the defaults.
 * @returns The middleware.
 * @throws {TypeError} If a coding is unknown, or `types` is no function.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { gzip, pipeline } from "@nuages/web/middleware";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(gzip()).handle(() => new Response("All happy families are alike. ".repeat(100)));
 * const request = new Request("http://localhost/", { headers: { "Accept-Encoding": "gzip, br" } });
 * const response = await app(request);
 *
 * assertEquals([response.headers.get("Content-Encoding"), response.headers.get("Vary")], ["br", "Accept-Encoding"]);
 * assert((await response.bytes()).length < 300);
 * ```
 */
export function gzip(options: GzipOptions = {}): Middleware {
  const { codings = ["br", "gzip"], types = isCompressibleType } = options;
  const minBytes = wholeNumber("gzip", "minBytes", options.minBytes ?? 200, "bytes");
  const compression: Compression = {
    level: wholeNumber("gzip", "level", options.level ?? 6, "", 0, 9),
    quality: wholeNumber("gzip", "quality", options.quality ?? 4, "", 0, 11),
    maxRandomBytes: wholeNumber("gzip", "maxRandomBytes", options.maxRandomBytes ?? 100, "bytes", 0, 256),
  };
  optionalFunction("gzip", "types", types);
  checkCodings(codings);

  const steps: Steps = {
    name: "gzip",
    leave(response, _state, request) {
      if (response.status === 304) {
        const coding = preferredCoding(request.headers.get("Accept-Encoding"), codings);
        forNotModified(response.headers, request.headers.get("If-None-Match"), coding !== undefined);
        return response;
      }
      if (!mayCompress(response, minBytes, types)) return response;
      vary(response.headers, "Accept-Encoding");
      const coding = preferredCoding(request.headers.get("Accept-Encoding"), codings);
      if (coding === undefined || response.body === null) return response;
      return compressed(response, response.body, coding, minBytes, compression, request.method === "HEAD");
    },
  };
  return describeLayer((next) => inSteps(next, steps), { name: "gzip" });
}

async function compressed(
  response: Response,
  body: ReadableStream<Bytes>,
  coding: ContentCoding,
  minBytes: number,
  compression: Compression,
  isHead: boolean,
): Promise<Response> {
  const content = await peekBody(body);
  const { headers } = response;
  if (content instanceof Uint8Array && content.length < minBytes) return new Response(content, response);
  if (isHead) {
    // Nobody sees the body, and its length would be that of another. The head is that of GET, which tells no length for a stream.
    forCompressed(headers);
    headers.set("Content-Encoding", coding);
    if (!(content instanceof Uint8Array)) await content.cancel().catch(() => {});
    return new Response(new ReadableStream({ start: (controller) => controller.close() }), response);
  }
  const zlib = await loadZlib();
  let packed: Bytes | ReadableStream<Bytes>;
  if (content instanceof Uint8Array && content.length <= AT_ONCE) {
    packed = compressWhole(zlib, content, coding, compression);
    if (packed.length >= content.length) return new Response(content, response);
  } else {
    const stream = content instanceof Uint8Array ? slices(content) : content;
    packed = compressStream(zlib, stream, coding, compression);
  }
  forCompressed(headers);
  headers.set("Content-Encoding", coding);
  // Given by us, it is known to the layers outside too.
  if (packed instanceof Uint8Array) headers.set("Content-Length", String(packed.length));
  return new Response(packed, response);
}

/** How many bytes are compressed without a break: some ten milliseconds. */
const AT_ONCE = 1_048_576;
const SLICE = 65_536;

function slices(bytes: Bytes): ReadableStream<Bytes> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      // A turn of the event loop, so that other visitors have theirs.
      await new Promise((resolve) => setTimeout(resolve));
      controller.enqueue(bytes.subarray(at, at += SLICE));
      if (at >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

function checkCodings(codings: readonly ContentCoding[]): void {
  const known = ["br", "gzip", "zstd"];
  const odd = Array.isArray(codings) ? codings.find((coding) => !known.includes(coding)) : codings;
  if (odd === undefined && codings?.length > 0) return;
  throw new TypeError(
    `Cannot create gzip as codings must be a list of "br", "gzip" and "zstd": received ${Deno.inspect(odd ?? codings)}`,
  );
}
