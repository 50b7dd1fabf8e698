/** The site in a process of its own: `site.ts JSON`. Its first line on standard output is its port; it ends when its standard input does. */

import { openStore } from "../open_store.ts";
import { makeSite, type SiteOptions } from "../site_app.ts";

/** What the program is told. */
export interface SiteArguments {
  /** Which store. */
  readonly kind: string;
  /** Where it is. */
  readonly address: string;
  /** How the site differs from the usual one. */
  readonly options?: Omit<SiteOptions, "onEvent" | "hold">;
  /** How far the clock of this process is ahead, in milliseconds. */
  readonly clock?: number;
  /** How old a copy may be, in seconds. */
  readonly staleSeconds?: number;
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));

async function main({ kind, address, options = {}, clock = 0, staleSeconds }: SiteArguments): Promise<void> {
  const { now } = Date;
  if (clock !== 0) Date.now = () => now() + clock;
  await using opened = await openStore(kind, address, staleSeconds === undefined ? {} : { staleSeconds });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => void Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify({ port })}\n`)),
  }, makeSite(opened.store, options));
  for await (const _ of Deno.stdin.readable);
  await server.shutdown();
}
