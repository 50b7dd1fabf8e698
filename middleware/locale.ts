/**
 * The visitor's language.
 *
 * @module
 */

import { Cookie } from "../cookies/cookie.ts";
import type { CookieAttributes } from "../cookies/cookie_attributes.ts";
import { CookieJar } from "../cookies/cookie_jar.ts";
import { chain } from "./awaitable.ts";
import { addCacheVariant, type CacheVariant } from "./cache_variant.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import { extendWithValues } from "./extend_with_values.ts";
import type { Middleware } from "./handler.ts";
import { addHooks, type Hooks } from "./hooks.ts";
import type { LanguageRoutes } from "./language_routes.ts";
import { LanguageSet } from "./language_set.ts";
import { letGo } from "./let_go.ts";
import { vary } from "./vary.ts";

/** Where the language is looked for. */
export type LanguageStep = "cookie" | "prefix" | "header";

/** Options of {@linkcode locale}. */
export interface LocaleOptions {
  /** The languages the site has, as tags of BCP 47: `["en", "de", "pt-BR"]`. */
  languages: readonly string[];
  /**
   * What is shown where no language was found.
   *
   * @default {the first of them}
   */
  defaultLanguage?: string;
  /** The views whose addresses begin with a language; without them, no address does. */
  prefixes?: Pick<LanguageRoutes, "languageOf" | "matches" | "pathFor">;
  /**
   * Where the language is looked for, one after the other. `["prefix", "cookie", "header"]` is Django's order: an address shows one language, whoever asks for it, so
   * that it can be passed on, and cached.
   *
   * @default {["cookie", "prefix", "header"]}
   */
  order?: readonly LanguageStep[];
  /** The cookie that keeps what the visitor has chosen. Without it `django_language`, Secure, SameSite=Lax, for a year, which scripts may read. */
  cookie?: LanguageCookieOptions;
}

/** How the cookie with the chosen language is named and where it is sent. */
export interface LanguageCookieOptions extends Omit<CookieAttributes, "maxAge" | "expires"> {
  /**
   * Its name.
   *
   * @default {"django_language"}
   */
  readonly name?: string;
  /**
   * How long the browser keeps it, in seconds; `null` until the browser is closed.
   *
   * @default {31_536_000 (a year)}
   */
  readonly maxAge?: number | null;
}

/** What {@linkcode locale} adds to the context. */
export interface HasLanguage {
  /** The visitor's language: one of the site's tags. */
  readonly language: string;
  /** The languages the site has. */
  readonly languages: readonly string[];
  /**
   * Remembers what the visitor has chosen, in the cookie. It counts from the next request on.
   *
   * @param tag A language; anything, as it may come from a form.
   * @returns The tag as the site writes it; `undefined` if the site has no such language, and nothing was remembered.
   */
  setLanguage(tag: unknown): string | undefined;
}

/**
 * Finds out which language the visitor is to see: that of their cookie, or of the address's prefix, or the first of `Accept-Language` that the site has (RFC 4647,
 * lookup: who wants `de-AT` gets `de`). What it says, the site's own messages and templates go by; translating them is yours. (Django's `LocaleMiddleware`.)
 *
 * The response says its `Content-Language`, unless it does already, and on what that depended (`Vary`). A GET for a page that is there only with a prefix is sent to it
 * (302). {@linkcode setLanguage} is the view for the visitor's choice; templates get `language` and `languages`. The site cache keeps a page once for each language, if this
 * layer is outside of {@linkcode fetchCache}.
 *
 * @param options The site's languages, and where to look.
 * @returns The middleware.
 * @throws {TypeError} If a language is no language tag, the order is none, or the cookie is one that browsers refuse.
 *
 * @example
 * ```ts
 * import { locale, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const greetings: Record<string, string> = { en: "Hello", de: "Guten Tag" };
 * const app = pipeline()
 *   .use(locale({ languages: ["en", "de"] }))
 *   .handle((_request, context) => new Response(greetings[context.language]));
 * const headers = { "Accept-Language": "fr, de-AT;q=0.9, en;q=0.8" };
 * const response = await app(new Request("https://shop.example/", { headers }));
 *
 * assertEquals(await response.text(), "Guten Tag");
 * assertEquals(response.headers.get("Content-Language"), "de");
 * assertEquals(response.headers.get("Vary"), "Cookie, Accept-Language");
 * ```
 */
export function locale(options: LocaleOptions): Middleware<unknown, HasLanguage> {
  const languages = new LanguageSet(options?.languages, options?.defaultLanguage, "locale");
  const { prefixes, order = ["cookie", "prefix", "header"] } = options;
  checkOrder(order);
  const cookie = languageCookie(options.cookie);
  const hooks: Hooks<Context & HasLanguage> = {
    templateData: (_request, { language, languages }) => ({ language, languages }),
  };

  const used = HEADERS.filter(([step]) => order.includes(step));

  function find(request: Request, context: Context): { language: string; headers: readonly string[] } {
    for (const [index, step] of order.entries()) {
      const language = look(step, request, context);
      if (language === undefined) continue;
      // An address with a prefix depends on what was looked at before it; any other on all there is, as for the next visitor something else decides.
      const steps = step === "prefix" ? used.filter(([step]) => order.indexOf(step) < index) : used;
      return { language, headers: steps.map(([, name]) => name) };
    }
    return { language: languages.fallback, headers: used.map(([, name]) => name) };
  }

  function look(step: LanguageStep, request: Request, context: Context): string | undefined {
    switch (step) {
      case "cookie": {
        // Not context.cookies, which would tell the site cache that the page is this visitor's own.
        const jar = new CookieJar(request.headers.get("Cookie"), { loopback: () => context.client.loopback });
        return languages.find(jar.get(cookie));
      }
      case "prefix":
        return prefixes?.languageOf(context.url.pathname);
      case "header":
        return languages.negotiate(request.headers.get("Accept-Language"));
    }
  }

  return describeLayer((next) =>
    function locale(request, context) {
      const { language, headers } = find(request, context);
      const variant = addCacheVariant(context, `language=${language}`);
      const extended = extendWithValues(context, {
        language,
        languages: languages.tags,
        setLanguage(tag: unknown) {
          const known = typeof tag === "string" ? languages.exact(tag) : undefined;
          if (known !== undefined) context.cookies.set(cookie, known.toLowerCase());
          return known;
        },
        [PREFIXES]: prefixes,
      });
      addHooks(extended, hooks);
      return chain(next(request, extended), (response) => {
        const prefixed = response.status === 404 ? prefixedPath(request, context, language, prefixes) : undefined;
        if (prefixed === undefined) {
          if (!response.headers.has("Content-Language")) response.headers.set("Content-Language", language);
          return varying(response, headers, variant);
        }
        letGo(response);
        return varying(new Response(null, { status: 302, headers: { Location: prefixed } }), headers, variant);
      });
    }, {
    name: "locale",
    facts: { cookie: order.includes("cookie") ? cookie : undefined, prefixes: prefixes !== undefined },
  });
}

const HEADERS: readonly (readonly [LanguageStep, string])[] = [["cookie", "Cookie"], ["header", "Accept-Language"]];

/** Where the page is that was asked for without a prefix. */
function prefixedPath(
  { method }: Request,
  context: Context,
  language: string,
  prefixes: LocaleOptions["prefixes"],
): string | undefined {
  const { pathname, search } = context.url;
  if (prefixes === undefined || method !== "GET" && method !== "HEAD") return undefined;
  if (prefixes.languageOf(pathname) !== undefined) return undefined;
  const path = prefixes.pathFor(language, pathname);
  if (prefixes.matches(path, "GET")) return path + search;
  return !path.endsWith("/") && prefixes.matches(`${path}/`, "GET") ? `${path}/${search}` : undefined;
}

/** Names the headers; the site cache needs those not that the view didn't name too. */
function varying(response: Response, names: readonly string[], variant: CacheVariant): Response {
  const before = (response.headers.get("Vary") ?? "").toLowerCase().split(",").map((name) => name.trim());
  vary(response.headers, ...names);
  for (const name of names) {
    if (!before.includes(name.toLowerCase())) variant.stands.add(name.toLowerCase());
  }
  return response;
}

function languageCookie(options: LanguageCookieOptions = {}): Cookie {
  const { name = "django_language", maxAge = 31_536_000, httpOnly = false, ...attributes } = options;
  return new Cookie(name, { ...attributes, httpOnly, ...(maxAge === null ? {} : { maxAge }) });
}

function checkOrder(order: readonly LanguageStep[]): void {
  const isOrder = Array.isArray(order) && order.length > 0 && new Set(order).size === order.length &&
    order.every((step) => ["cookie", "prefix", "header"].includes(step));
  if (isOrder) return;
  throw new TypeError(
    `Cannot create locale as order must list "cookie", "prefix" and "header", each once at most: received ${
      Deno.inspect(order)
    }`,
  );
}

const PREFIXES: unique symbol = Symbol("languagePrefixes");

/**
 * The addresses that begin with a language.
 *
 * @param context The request's context.
 * @returns What `locale` was given.
 * @internal
 */
export function prefixesOf(context: Context): LocaleOptions["prefixes"] {
  return (context as Context & { readonly [PREFIXES]?: LocaleOptions["prefixes"] })[PREFIXES];
}
