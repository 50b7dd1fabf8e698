/**
 * The context: what a handler knows about the request beyond the request itself.
 *
 * @module
 */

import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import type { Client } from "./client.ts";
import type { AppEvent } from "./events.ts";

/** What {@linkcode pipeline} was told, for middleware that check or use it. */
export interface AppInfo {
  /** The keys for signing and sealing; `undefined` if the pipeline was given none. */
  readonly keys: KeyRing | undefined;
  /** Whether error pages may show the inside of the program. */
  readonly debug: boolean;
  /** Whether a proxy is trusted at all, for middleware that read what only proxies may write. */
  readonly trustsProxies: boolean;
}

/**
 * `Deno.ServeHandlerInfo`, grown. Every handler gets one; middleware add to it with {@linkcode extend}.
 *
 * Nothing on it is computed before it is asked for, and nothing is computed twice. Don't spread it: what it computes
 * lazily would be lost, and the next layer refuses a copy.
 */
export interface Context extends Deno.ServeHandlerInfo {
  /**
   * The address the visitor asked for. Behind a trusted proxy, scheme and host are those the proxy was asked with.
   *
   * @throws {HttpError} 400 if the request names no valid host.
   */
  readonly url: URL;
  /** Who asks, and how: address, scheme, host. The one place that knows which proxy to believe. */
  readonly client: Client;
  /** The request's cookies, and those that will be sent with the response. */
  readonly cookies: CookieJar;
  /** Names this request in logs and error pages: a random UUID, unless `requestId()` accepted one. */
  readonly requestId: string;
  /** What the pipeline was told. */
  readonly app: AppInfo;

  /**
   * Reads the body as a form, within the pipeline's limits. It is read once; everyone gets the same `FormData`.
   *
   * @returns The fields and files; empty for a request without a body.
   * @throws {HttpError} 413 beyond a limit, 400 if malformed, 415 if the body is no form.
   */
  form(): Promise<FormData>;

  /**
   * Tells the pipeline's `onEvent` listener that something happened. Silent without one.
   *
   * @param event What happened; method, path and request id are added.
   */
  emit(event: EventDetails): void;
}

/** What a middleware says of an event; the context adds the request. */
export type EventDetails = Omit<AppEvent, "method" | "path" | "requestId">;
