/**
 * The limit: `Deno.serve` with a function that does nothing but answer. It takes the request, as every function does that looks at one: for a function without
 * parameters (`deno run raw.ts blind`) Deno doesn't even make it.
 */

import { serve } from "./announce.ts";

serve(Deno.args[0] === "blind" ? () => new Response("Hello") : (_request) => new Response("Hello"));
