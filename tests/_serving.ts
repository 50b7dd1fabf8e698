/** Applications behind a real server, for tests of what streams. */

import { deadline } from "@std/async/deadline";

/** Serves what was made for one test, on a free port of this machine; whoever hangs fails. */
export async function served<
  M extends { app: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response> },
>(
  made: M,
  use: (address: string, made: M) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, made.app);
  await deadline(use(`http://127.0.0.1:${server.addr.port}`, made), 10_000);
}

/** Answers with a stream whose second piece comes when it is let out. */
export function twoPieces(type: string, opened: Promise<void>): Response {
  const encoder = new TextEncoder();
  const body = ReadableStream.from((async function* () {
    yield encoder.encode("data: 1\n\n");
    await opened;
    yield encoder.encode("data: 2\n\n");
  })());
  return new Response(body, { headers: { "Content-Type": type } });
}
