/**
 * Making a page again while the old one is shown.
 *
 * @module
 */

import { attempt, type Awaitable } from "./awaitable.ts";
import type { CacheVisit } from "./cache_visit.ts";
import type { Context } from "./context.ts";
import { RequestContext } from "./request_context.ts";

/** How far a request had come when it reached the layer. */
export interface Progress {
  /** How many hooks there were. */
  readonly hooks: number;
  /** The first of those that belong to the view alone. */
  readonly hooksFrom: number;
  /** How many layers it had entered. */
  readonly entered: number;
}

/**
 * Notes how far a request has come.
 *
 * @param context The request's context.
 * @returns The note.
 * @internal
 */
export function progressOf(context: Context): Progress {
  const run = RequestContext.runOf(context);
  return { hooks: run?.hooks?.length ?? 0, hooksFrom: run?.hooksFrom ?? 0, entered: run?.entered ?? 0 };
}

/**
 * Makes the page once more, from the layer on: in the background, for a visitor who isn't there. It is a GET without conditions, as the same visitor would send it.
 *
 * @param visit The dealings with the cache of the request that found the page stale; its `stale` says where the new one goes.
 * @param request That request.
 * @param context Its context.
 * @param progress How far it had come.
 * @param make Calls the layers inside, and keeps the page.
 * @returns Settles when it is done; it never rejects.
 * @internal
 */
export async function refresh(
  visit: CacheVisit,
  request: Request,
  context: Context,
  progress: Progress,
  make: (request: Request, context: Context, visit: CacheVisit) => Awaitable<Response>,
): Promise<void> {
  const flight = visit.stale?.flight;
  try {
    const headers = new Headers(request.headers);
    for (const name of UNWANTED) headers.delete(name);
    const again = new Request(request.url, { headers });
    const next = visit.again();
    const response = await attempt(() => make(again, contextAgain(context, again, progress), next), (error) => {
      context.emit({ name: "exception", message: "A page of the site cache could not be made again", error });
      return new Response(null, { status: 500 });
    });
    if (!next.keeps && response.status >= 500) flight?.end(1);
    await drain(response, next);
  } catch {
    // An address no request can be made of, or a body that broke off: the page stays as it is.
    flight?.end(1);
  }
}

const UNWANTED = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"];

/** Reads the body for as long as there is somebody who keeps it. */
async function drain(response: Response, visit: CacheVisit): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  while (visit.keeps && !(await reader.read()).done);
  await reader.cancel();
}

/** The context as the layer was given it, for another request. */
function contextAgain(context: Context, request: Request, { hooks, hooksFrom, entered }: Progress): Context {
  const run = RequestContext.runOf(context)!;
  // Of the pipeline's own class, which has what its layers add.
  const again = new (context.constructor as typeof RequestContext)(request, context, run.app);
  const ownRun = RequestContext.runOf(again)!;
  ownRun.hooks = run.hooks?.slice(0, hooks);
  ownRun.hooksFrom = hooksFrom;
  ownRun.entered = entered;
  return Object.defineProperties(again, Object.getOwnPropertyDescriptors(context));
}
