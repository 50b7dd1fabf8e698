/**
 * Pages that lie in a database.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { HasSite } from "./current_site.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import type { HookAnswer } from "./hooks.ts";
import { letGo } from "./let_go.ts";
import { redirect } from "./redirect.ts";
import { siteOf } from "./redirects.ts";
import type { Site } from "./site.ts";
import { type Template, TemplateResponse } from "./template_response.ts";

/** A page that lies in a database. (Django's `FlatPage`.) */
export interface Flatpage {
  /** Its path, decoded: `/about/`. */
  readonly url: string;
  /** Its title: plain text. */
  readonly title: string;
  /** What is on it: markup, as whoever wrote it wrote it. */
  readonly content: string;
  /** The template it is to be shown with; `""` for the usual one. */
  readonly template: string;
  /** Whether only those who have signed in may see it. */
  readonly registrationRequired: boolean;
}

/** Where pages are found: {@linkcode KvFlatpages}, {@linkcode SqlFlatpages}, or any object with this method. */
export interface FlatpageSource {
  /**
   * Finds a page.
   *
   * @param url The path, decoded.
   * @param site The site.
   * @returns The page; `undefined` if there is none.
   * @throws {Error} If the source can't be reached.
   */
  find(url: string, site: Site): Awaitable<Flatpage | undefined>;
}

/**
 * Options of {@linkcode flatpages}.
 *
 * @typeParam N What `signIn` needs on the context.
 */
export interface FlatpagesOptions<N = unknown> {
  /** Where pages are found. */
  source: FlatpageSource;
  /**
   * What pages are shown with: a function of `{ flatpage }`, or a name for the pipeline's `render`. It gets the data of context processors too.
   */
  template: Template<{ flatpage: Flatpage }>;
  /**
   * Asked before a page is shown that only those who have signed in may see: nothing lets them, a response is sent instead, such as the way to sign in. Without it nobody sees such pages.
   */
  signIn?: (request: Request, context: Context & HasSite & N, flatpage: Flatpage) => HookAnswer;
  /**
   * Whether a path without a slash at its end is sent to the page with one.
   *
   * @default {true}
   */
  appendSlash?: boolean;
}

/**
 * Shows pages that lie in a database, where there would be a 404: those whose path was asked for, by GET or HEAD. (Django's `FlatpageFallbackMiddleware`.)
 *
 * What is on a page is markup, and goes to your template as it is: whoever may write pages may put a script into them. If these aren't the people who may change the program, sanitise
 * `content`, where it is written or in the template. A template that escapes shows its tags: declare it with `new Html(flatpage.content)`, or as your engine has it.
 *
 * A source that can't be reached is an error: a 404 would be taken for the truth. It looks at answers of the layers inside, and needs {@linkcode currentSite} outside.
 *
 * @typeParam N What `signIn` needs on the context.
 * @param options Where pages are found, and how they are shown.
 * @returns The middleware.
 * @throws {TypeError} If `source` or `template` is none.
 *
 * @example
 * ```ts
 * import { currentSite, flatpages, Html, html, KvFlatpages, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const source = new KvFlatpages(kv);
 * await source.set({ url: "/about/", title: "About us", content: "<p>We sell <em>tea</em>.</p>" });
 *
 * const app = pipeline()
 *   .use(currentSite())
 *   .use(flatpages({
 *     source,
 *     template: ({ flatpage }) => html`<h1>${flatpage.title}</h1>${new Html(flatpage.content)}`,
 *   }))
 *   .handle(routes({ "/": () => new Response("home") }));
 * const page = await app(new Request("https://shop.example/about/"));
 *
 * assertEquals([page.status, await page.text()], [200, "<h1>About us</h1><p>We sell <em>tea</em>.</p>"]);
 * ```
 */
export function flatpages<N = unknown>(options: FlatpagesOptions<N>): Middleware<HasSite & N> {
  const { source, template, signIn, appendSlash = true } = options ?? {};
  if (typeof source?.find !== "function") {
    throw new TypeError(
      "Cannot create flatpages without a source: write flatpages({ source: new KvFlatpages(kv), … })",
    );
  }
  if (typeof template !== "function" && typeof template !== "string") {
    throw new TypeError(
      "Cannot create flatpages without a template: write flatpages({ template: ({ flatpage }) => … })",
    );
  }
  if (signIn !== undefined && typeof signIn !== "function") {
    throw new TypeError(`Cannot create flatpages as signIn must be a function: received ${Deno.inspect(signIn)}`);
  }

  async function find(request: Request, context: Context & HasSite & N): Promise<Response | undefined> {
    const path = decoded(context.url.pathname);
    if (path === undefined || path.length > LONGEST) return undefined;
    const site = await siteOf(context);
    if (site === undefined) return undefined;
    const flatpage = await source.find(path, site);
    if (flatpage) return await show(request, context, flatpage);
    if (!appendSlash || path.endsWith("/") || !await source.find(`${path}/`, site)) return undefined;
    const { pathname, search } = context.url;
    // As a path "//evil.example" would be another site, it is left alone.
    return pathname.startsWith("//") ? undefined : redirect(`${pathname}/${search}`, { status: 301 });
  }

  async function show(
    request: Request,
    context: Context & HasSite & N,
    flatpage: Flatpage,
  ): Promise<Response | undefined> {
    if (flatpage.registrationRequired) {
      if (signIn === undefined) {
        context.emit({
          name: "flatpages.no_sign_in",
          message:
            `The page ${flatpage.url} is for those who have signed in: say who that is with flatpages({ signIn })`,
        });
        return undefined;
      }
      const instead = await signIn(request, context, flatpage);
      if (instead) return instead;
    }
    const response = new TemplateResponse(template, { flatpage });
    // Who may see it depends on who asks, whatever signIn went by.
    if (flatpage.registrationRequired) response.headers.set("Cache-Control", "private");
    return response;
  }

  return describeLayer((next) =>
    function flatpages(request, context) {
      return chain(next(request, context), (response) => {
        const { method } = request;
        if (response.status !== 404 || method !== "GET" && method !== "HEAD") return response;
        return find(request, context).then((found) => {
          if (found !== undefined) letGo(response);
          return found ?? response;
        });
      });
    }, { name: "flatpages" });
}

/** Nobody keeps longer ones, and it is visitors who write them. */
const LONGEST = 1000;

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
