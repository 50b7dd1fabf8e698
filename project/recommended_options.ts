/**
 * What `recommended()` can be told, and what it puts on the context.
 *
 * @module
 */

import type { AuthenticationOptions } from "../auth/authentication.ts";
import type { User, UserSource } from "../auth/user_source.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import type { HasMessages } from "../messages/has_messages.ts";
import type { FallbackOptions, StorageOptions } from "../messages/messages_options.ts";
import type { AccessLogOptions } from "../middleware/access_log.ts";
import type { KnownPaths } from "../middleware/append_slash.ts";
import type { BodyLimitOptions } from "../middleware/body_limit.ts";
import type { HasSiteCache } from "../middleware/cache_visit.ts";
import type { CommonOptions } from "../middleware/common.ts";
import type { ContentSecurityPolicyOptions } from "../middleware/content_security_policy.ts";
import type { Context } from "../middleware/context.ts";
import type { HasCspNonce } from "../middleware/csp_nonce.ts";
import type { CsrfOptions, HasCsrf } from "../middleware/csrf_options.ts";
import type { GzipOptions } from "../middleware/gzip.ts";
import type { Middleware } from "../middleware/handler.ts";
import type { HasLanguage, LocaleOptions } from "../middleware/locale.ts";
import type { PermissionsPolicy } from "../middleware/permissions_policy.ts";
import type { PipelineOptions } from "../middleware/pipeline.ts";
import type { RequestIdOptions } from "../middleware/request_id.ts";
import type { SecurityOptions } from "../middleware/security.ts";
import type { ServerTimingOptions } from "../middleware/server_timing.ts";
import type { SiteCache } from "../middleware/site_cache.ts";
import type { HasSession } from "../sessions/session.ts";
import type { SessionOptions } from "../sessions/session_options.ts";

/** Layers that put something on the context and may be left out all the same: the type then says so too, as in `recommended<Shop, "csrf">({ …, csrf: false })`. */
export type LeavableLayer = "contentSecurityPolicy" | "csrf" | "messages";

/** Layers that are there if they are asked for, and put something on the context then: the type says so too, as in `recommended<Shop, "locale">({ …, locale: { … } })`. */
export type AddedLayer = "cache" | "locale";

/**
 * Options of `recommended()`: those of the pipeline, and one for each layer, by its name. A layer that is told nothing has the defaults that stand here.
 *
 * @typeParam U The user.
 */
export interface RecommendedOptions<U extends User = User> extends PipelineOptions {
  /** The keys for signing and sealing, at least one: secret texts of 32 bytes or more. The first writes, all read. */
  keys: readonly string[] | KeyRing;
  /** Where sessions are kept. */
  store: SessionOptions["store"];
  /**
   * Which hosts the site answers for, as {@linkcode allowedHosts} takes them; `false` for any.
   *
   * @default {those of this machine: ["localhost", ".localhost", "127.0.0.1", "[::1]"]}
   */
  hosts?: readonly string[] | false;
  /** Where users come from: with them there is {@linkcode authentication}, and views have `context.user()`, `login()` and their kind. */
  users?: UserSource<U>;
  /** What {@linkcode authentication} is told besides its users. */
  authentication?: Omit<AuthenticationOptions<U>, "users">;
  /** Writes a line for each request, outermost: {@linkcode accessLog}. Nothing is written unless it is told where to. */
  accessLog?: AccessLogOptions;
  /** What {@linkcode requestId} is told; `false` leaves it out. */
  requestId?: RequestIdOptions | false;
  /**
   * What {@linkcode serverTiming} is told; `false` leaves it out.
   *
   * @default {there with `debug: true`, and not otherwise}
   */
  serverTiming?: ServerTimingOptions | false;
  /**
   * What {@linkcode security} is told, over `{ crossOriginResourcePolicy: "same-origin", originAgentCluster: true }`; `false` leaves it out. A site that is only served over https
   * wants `{ hstsSeconds: 31_536_000, sslRedirect: true }`.
   */
  security?: SecurityOptions | false;
  /** What {@linkcode permissionsPolicy} is told; `false` leaves it out. */
  permissionsPolicy?: PermissionsPolicy | false;
  /** What {@linkcode contentSecurityPolicy} is told; `false`, with its name in the type, leaves it out. `{ policy: {} }` sends no policy and leaves the nonce. */
  contentSecurityPolicy?: ContentSecurityPolicyOptions;
  /**
   * Layers of yours that belong outside of sessions: `[cors({ … }), rateLimit({ … })]`. They are inside of all that writes security headers, so that their answers have these too.
   *
   * @default {[]}
   */
  outside?: readonly Middleware[];
  /**
   * Which languages the site has: {@linkcode locale}. It is outside of sessions, so that their error pages know the language too, and of the cache, which keeps a page for each. With its name in the type
   * views have `context.language`.
   */
  locale?: LocaleOptions;
  /**
   * What {@linkcode bodyLimit} is told; `false` leaves it out.
   *
   * @default {{ maxBytes: form.maxBytes, which is 10_485_760 }}
   */
  bodyLimit?: BodyLimitOptions | false;
  /**
   * Keeps pages for everybody: {@linkcode updateCache} outside of `gzip()`, and {@linkcode fetchCache} next to the view. With its name in the type views have `context.cacheTag()` and its kind.
   */
  cache?: SiteCache;
  /** What {@linkcode gzip} is told; `false` leaves it out, for a site behind a proxy that compresses. */
  gzip?: GzipOptions | false;
  /**
   * Tags each page and answers 304 to who has it: {@linkcode conditionalGet}. It reads and digests every page for that, those with a token in them in vain.
   *
   * @default {false}
   */
  conditionalGet?: boolean;
  /** What {@linkcode sessions} is told besides its store. */
  sessions?: Omit<SessionOptions, "store">;
  /** What {@linkcode common} is told; `false` leaves it out. `appendSlash` is the table that `handle()` is given, unless it says otherwise. */
  common?: RecommendedCommonOptions | false;
  /** What {@linkcode csrf} is told, with the secret in a cookie; `false`, with its name in the type, leaves it out. */
  csrf?: CsrfOptions;
  /** What {@linkcode messages} is told; `false`, with its name in the type, leaves it out. */
  // deno-lint-ignore no-explicit-any -- the session may hold any keys
  messages?: FallbackOptions | StorageOptions<HasSession<any>>;
}

/** What `common()` is told in `recommended()`. */
export interface RecommendedCommonOptions extends Omit<CommonOptions, "appendSlash"> {
  /**
   * Which paths there are, so that a slash that was forgotten is found; `false` for sending nobody anywhere.
   *
   * @default {the table of routes() that handle() is given; with any other view, nobody is sent anywhere}
   */
  appendSlash?: KnownPaths | false;
}

/**
 * Options of `recommended()`, with what is left out, and what must be there.
 *
 * @typeParam U The user.
 * @typeParam W Which layers: those left out, and those that are added.
 */
export type RecommendedWith<U extends User, W extends LeavableLayer | AddedLayer> =
  & Omit<RecommendedOptions<U>, NoInfer<W>>
  & { readonly [L in Extract<NoInfer<W>, LeavableLayer>]: false }
  & Required<Pick<RecommendedOptions<U>, Extract<NoInfer<W>, AddedLayer>>>;

/**
 * What views find on their context behind `recommended()`. With `users` there is `HasUser` besides.
 *
 * @typeParam T The keys of the session and what they hold.
 * @typeParam W Which layers: those left out, and those that are added.
 */
export type RecommendedContext<
  T extends object = Record<string, unknown>,
  W extends LeavableLayer | AddedLayer = never,
> =
  & Context
  & HasSession<T>
  & ("contentSecurityPolicy" extends W ? unknown : HasCspNonce)
  & ("csrf" extends W ? unknown : HasCsrf)
  & ("messages" extends W ? unknown : HasMessages)
  & ("cache" extends W ? HasSiteCache : unknown)
  & ("locale" extends W ? HasLanguage : unknown);
