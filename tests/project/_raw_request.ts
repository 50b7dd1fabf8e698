/** A request as it is said here, `Host` too, and the answer as it came, header by header: what `fetch` would hide. */

import { request } from "node:http";

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case, cookies aside. */
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Asks a server on this machine. */
export function rawRequest(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const asked = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
    const pieces: Uint8Array[] = [];
    response.on("data", (piece: Uint8Array) => pieces.push(piece));
    response.on("error", reject);
    response.on("end", async () => {
      const pairs: [string, string][] = [];
      const { rawHeaders } = response;
      for (let at = 0; at < rawHeaders.length; at += 2) {
        pairs.push([rawHeaders[at]!.toLowerCase(), rawHeaders[at + 1]!]);
      }
      resolve({
        status: response.statusCode!,
        headers: new Map(pairs.filter(([name]) => name !== "set-cookie")),
        cookies: pairs.filter(([name]) => name === "set-cookie").map(([, value]) => value),
        body: await new Blob(pieces as BlobPart[]).text(),
      });
    });
  });
  asked.on("error", reject);
  asked.end();
  return promise;
}
