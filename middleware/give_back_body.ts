/**
 * Giving a request back the body that was read from it.
 *
 * @module
 */

/**
 * Makes a request whose body was read readable once more, for whoever comes next: `body`, `bodyUsed`, `text()`, `json()`, `formData()`, `bytes()`,
 * `arrayBuffer()`, `blob()` and `clone()` work as if nobody had looked. Only `new Request(request)` and `fetch(request)` see through it, and throw: a view
 * that passes the request on makes a new one, with `body: await request.bytes()`.
 *
 * A clone taken before reading would do without, at a price: Deno then holds the body twice, and prints a warning of its own.
 *
 * @param request The request.
 * @param content What its body was, or a stream of it.
 * @internal
 */
export function giveBackBody(request: Request, content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>): void {
  const { url, method, headers } = request;
  const type = headers.get("Content-Type");
  const body = new Response(content, type === null ? {} : { headers: { "Content-Type": type } });

  function clone(): Request {
    if (body.bodyUsed || body.body?.locked) {
      throw new TypeError("Cannot clone the request as its body was read already");
    }
    const init = { headers, body: body.clone().body };
    try {
      return new Request(url, { method, ...init });
    } catch {
      // Over the wire come addresses ("Host: a b") and methods (CONNECT) that no Request can be made with.
      const copy = new Request("http://localhost/", { method: "POST", ...init });
      return Object.defineProperties(copy, { url: { value: url }, method: { value: method } });
    }
  }

  const readers = READERS.map((reader) => [reader, { value: () => body[reader](), configurable: true }]);
  Object.defineProperties(request, {
    ...Object.fromEntries(readers),
    body: { get: () => body.body, configurable: true },
    bodyUsed: { get: () => body.bodyUsed, configurable: true },
    clone: { value: clone, configurable: true },
  });
}

const READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const;
