/**
 * Views whose addresses begin with a language.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import { NotFound } from "./http_error.ts";
import { LanguageSet } from "./language_set.ts";
import { findView, isRouteTable, type Route, type RouteTable } from "./routes.ts";

/** Options of {@linkcode languageRoutes}. */
export interface LanguageRoutesOptions {
  /** The languages, as in {@linkcode LocaleOptions}. */
  languages: readonly string[];
  /**
   * The language whose addresses have no prefix, if there is one: `/about/` beside `/de/about/`.
   *
   * @default {none: each language has its prefix}
   */
  unprefixed?: string;
}

/** Views by their addresses, in each language. */
export interface LanguageRoutes<C extends Context = Context> extends RouteTable<C> {
  /**
   * Reads the language of an address.
   *
   * @param path The path.
   * @returns The language its prefix names, or that which has none; `undefined` if a prefix is missing.
   */
  languageOf(path: string): string | undefined;
  /**
   * Makes the address of a page in a language, for links.
   *
   * @param language The language.
   * @param path The path, with or without a prefix.
   * @returns The path with the prefix of that language.
   */
  pathFor(language: string, path: string): string;
}

/**
 * Puts views under the addresses of all languages: `/about/` of the table is `/en/about/` and `/de/about/` on the site, tags in lower case. (Django's
 * `i18n_patterns`.) Given to {@linkcode locale}, the prefix says the language, and who asks for `/about/` is sent to the language of theirs. Beside other views it stands
 * under `"/*"`.
 *
 * @typeParam C What the views need.
 * @param table The views.
 * @param options The languages.
 * @returns The table of all addresses.
 * @throws {TypeError} If a language is no language tag, or `unprefixed` isn't among them.
 *
 * @example
 * ```ts
 * import { languageRoutes, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const pages = languageRoutes(
 *   routes({ "/about/": (_request, context) => new Response(context.url.pathname) }),
 *   { languages: ["en", "de"] },
 * );
 * const app = pipeline().handle(routes({ "/health": () => new Response("fine"), "/*": pages }));
 *
 * assertEquals(await (await app(new Request("https://shop.example/de/about/"))).text(), "/de/about/");
 * assertEquals((await app(new Request("https://shop.example/about/"))).status, 404);
 * assertEquals(pages.pathFor("en", "/de/about/"), "/en/about/");
 * ```
 */
export function languageRoutes<C extends Context>(
  table: RouteTable<C>,
  options: LanguageRoutesOptions,
): LanguageRoutes<C> {
  const { unprefixed } = options;
  const languages = new LanguageSet(options.languages, undefined, "languageRoutes");
  if (typeof table !== "function" || !isRouteTable(table as unknown as Handler)) {
    throw new TypeError(
      "Cannot create languageRoutes without a table: write languageRoutes(routes({ … }), { languages })",
    );
  }
  if (unprefixed !== undefined && !options.languages.includes(unprefixed)) {
    throw new TypeError(
      `Cannot create languageRoutes as unprefixed must be one of the languages: received ${Deno.inspect(unprefixed)}`,
    );
  }

  /** The language a path begins with, and the rest of it. */
  function split(path: string): { language: string | undefined; rest: string } {
    const [, prefix, rest] = /^\/([^/]+)(\/.*)$/s.exec(path) ?? [];
    const language = prefix === undefined || prefix !== prefix.toLowerCase() ? undefined : languages.exact(prefix);
    return language === undefined || language === unprefixed
      ? { language: unprefixed, rest: path }
      : { language, rest: rest! };
  }

  function resolve(request: Request, context: Context): Route {
    const { language, rest } = split(context.url.pathname);
    if (language === undefined) throw new NotFound();
    const url = new URL(context.url);
    url.pathname = rest;
    // The tables inside see the path without its prefix; the views see the context as it is.
    const inside = Object.create(context, { url: { value: url } });
    let { view, params } = table.resolve(request, inside);
    while (isRouteTable(view)) {
      const inner = view.resolve(request, inside);
      view = inner.view;
      params = Object.assign(Object.create(null), params, inner.params);
    }
    return { view, params };
  }

  function matches(path: string, method?: string): boolean {
    const { language, rest } = split(path);
    return language !== undefined && table.matches(rest, method);
  }

  const handler: Handler<C> = function languageRoutes(request, context) {
    return findView(all, request, context)(request, context);
  };
  const all: LanguageRoutes<C> = Object.assign(handler, {
    resolve,
    matches,
    languageOf: (path: string) => split(path).language,
    pathFor: (language: string, path: string) => {
      const tag = languages.exact(language);
      if (tag === undefined) {
        throw new TypeError(
          `Cannot make a path for the language ${JSON.stringify(language)} as the site doesn't have it`,
        );
      }
      const { rest } = split(path);
      return tag === unprefixed ? rest : `/${tag.toLowerCase()}${rest}`;
    },
  });
  return all;
}
