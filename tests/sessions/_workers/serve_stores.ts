/**
 * Opens stores for another process and does with them what it is asked over http: `serve_stores.ts`. Its first line on standard
 * output is the port, and it ends when its standard input does.
 */

import { openStore } from "./open_store.ts";

type Store = Awaited<ReturnType<typeof openStore>>;

const stores = new Map<string, Promise<Store>>();

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
}, async (request) => {
  const { kind, path, method, args } = await request.json();
  if (!stores.has(path)) stores.set(path, openStore(kind, path));
  const opened = await stores.get(path)!;
  if (method === "close") {
    stores.delete(path);
    await opened[Symbol.asyncDispose]();
    return Response.json({});
  }
  const methods = opened.store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  return await methods[method]!(...args).then(
    (result) => Response.json({ result }),
    (error) => Response.json({ error: error.message, isTypeError: error instanceof TypeError }),
  );
});

await new Response(Deno.stdin.readable).arrayBuffer();
await server.shutdown();
