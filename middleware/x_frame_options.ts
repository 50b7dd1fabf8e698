/**
 * Which pages may show a view's page in a frame.
 *
 * @module
 */

import { chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { extendWithValues } from "./extend_with_values.ts";
import { perView, type ViewDecorator } from "./per_view.ts";

/** Who may show a page in a frame: nobody, the site itself, or (`false`) anybody. */
export type FrameOption = "DENY" | "SAMEORIGIN" | false;

/**
 * Says of a view which pages may show it in a frame, whatever {@linkcode security} says of the site: `"DENY"`, `"SAMEORIGIN"`, or `false` for a widget that any site
 * may embed. A policy of {@linkcode contentSecurityPolicy} follows with its `frame-ancestors`, since browsers that know both go by that. Error pages of the view
 * keep what the site says. (Django's `xframe_options_deny`, `xframe_options_sameorigin` and `xframe_options_exempt`.)
 *
 * An `X-Frame-Options` that the view has set itself stays.
 *
 * @param option Who may.
 * @returns A function that wraps a view.
 * @throws {TypeError} If `option` is none of these.
 *
 * @example
 * ```ts
 * import { pipeline, routes, security, xFrameOptions } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(security()).handle(routes({
 *   "/": () => new Response("home"),
 *   "/preview/": xFrameOptions("SAMEORIGIN")(() => new Response("preview")),
 *   "/widget/": xFrameOptions(false)(() => new Response("widget")),
 * }));
 * const sent = async (path: string) => (await app(new Request(`https://shop.example${path}`))).headers.get("X-Frame-Options");
 *
 * assertEquals([await sent("/"), await sent("/preview/"), await sent("/widget/")], ["DENY", "SAMEORIGIN", null]);
 * ```
 */
export function xFrameOptions(option: FrameOption): ViewDecorator {
  if (option !== "DENY" && option !== "SAMEORIGIN" && option !== false) {
    throw new TypeError(
      `Cannot create xFrameOptions as its option must be "DENY", "SAMEORIGIN" or false: received ${
        Deno.inspect(option)
      }`,
    );
  }
  return perView((next) =>
    function xFrameOptions(request, context) {
      return chain(next(request, context), (response) => {
        // Of two around one view, the inner one is nearer to it.
        if (frameOptionOf(context) === undefined) extendWithValues(context, { [FRAMES]: option });
        if (option !== false && !response.headers.has("X-Frame-Options")) {
          response.headers.set("X-Frame-Options", option);
        }
        return response;
      });
    }
  );
}

const FRAMES = Symbol("xFrameOptions");

/**
 * What the view said about frames.
 *
 * @param context The request's context.
 * @returns Its word; `undefined` if it said nothing.
 * @internal
 */
export function frameOptionOf(context: Context): FrameOption | undefined {
  return (context as Context & { readonly [FRAMES]?: FrameOption })[FRAMES];
}
