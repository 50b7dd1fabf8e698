/**
 * The context behind {@linkcode Context}: everything lazy, everything once.
 *
 * @module
 */

import { CookieJar } from "../cookies/cookie_jar.ts";
import { RequestClient } from "./client.ts";
import type { Client } from "./client.ts";
import type { AppInfo, Context, EventDetails } from "./context.ts";
import { deliver, type EventListener } from "./events.ts";
import { type FormLimits, readForm } from "./form.ts";
import type { Hooks } from "./hooks.ts";
import type { TrustedProxies } from "./trusted_proxies.ts";
import { vary } from "./vary.ts";

/** What every request of one application shares. */
export interface AppState extends AppInfo {
  /** Which proxies to believe. */
  readonly proxies: TrustedProxies | undefined;
  /** Who listens to events. */
  readonly onEvent: EventListener | undefined;
  /** How much a form may hold. */
  readonly form: Required<FormLimits>;
  /** Makes a template into a text. */
  readonly render: ((template: unknown, data: Record<string, unknown>, context: Context) => unknown) | undefined;
}

/**
 * The one implementation of {@linkcode Context}.
 *
 * @internal
 */
export class RequestContext implements Context {
  /** What every request of the application shares. */
  readonly app: AppState;
  /** The hooks that layers have added, outermost first. */
  hooks: Hooks[] | undefined = undefined;
  /** The first of the hooks that belong to the view alone. */
  hooksFrom = 0;
  /** Set while the view runs: hooks come too late then. */
  viewRuns = false;
  /** The last response whose headers were seen to be writable. */
  writable: Response | undefined = undefined;

  readonly #request: Request;
  readonly #info: Deno.ServeHandlerInfo | undefined;
  #client: RequestClient | undefined;
  #cookies: CookieJar | undefined;
  #requestId: string | undefined;
  #form: Promise<FormData> | undefined;

  /**
   * @param request The request.
   * @param info What Deno says of its connection; absent when the application is called directly.
   * @param app What every request shares.
   */
  constructor(request: Request, info: Deno.ServeHandlerInfo | undefined, app: AppState) {
    this.#request = request;
    this.#info = info;
    this.app = app;
  }

  /** Where the connection comes from; a direct call counts as coming from this machine. */
  get remoteAddr(): Deno.Addr {
    return this.#info?.remoteAddr ?? DIRECT;
  }

  /** Settles when the response has been sent. */
  get completed(): Promise<void> {
    return this.#info?.completed ?? Promise.resolve();
  }

  /** The address the visitor asked for. */
  get url(): URL {
    return this.#visitor.url;
  }

  /** Who asks, and how. */
  get client(): Client {
    return this.#visitor;
  }

  get #visitor(): RequestClient {
    const peer = this.remoteAddr;
    return this.#client ??= new RequestClient(this.#request, peer, this.app.proxies?.forwarding(this.#request, peer));
  }

  /** The request's cookies, and those to send. */
  get cookies(): CookieJar {
    return this.#cookies ??= new CookieJar(this.#request.headers.get("Cookie"), {
      ...(this.app.keys === undefined ? {} : { keys: this.app.keys }),
      loopback: () => this.client.loopback,
      secure: () => this.client.secure,
      onEvent: ({ name, message, cookie }) => this.emit({ name, message, data: { cookie } }),
    });
  }

  /** Names this request. */
  get requestId(): string {
    return this.#requestId ??= crypto.randomUUID();
  }

  /** Reads the body as a form, once. */
  form(): Promise<FormData> {
    return this.#form ??= readForm(this.#request, this.app.form);
  }

  /** Tells the listener. */
  emit(event: EventDetails): void {
    if (this.app.onEvent === undefined && event.name !== "exception") return;
    deliver(this.app.onEvent, {
      ...event,
      method: this.#request.method,
      path: URL.parse(this.#request.url)?.pathname ?? "",
      requestId: this.requestId,
    });
  }

  /** See the function of the same name. */
  addHooks(hooks: Hooks): void {
    if (this.viewRuns) {
      throw new TypeError(
        "Cannot add hooks as the view is running: to put this middleware around one view, write perView(middleware)(view)",
      );
    }
    if (this.hooks === undefined) this.hooks = [hooks];
    else this.hooks.push(hooks);
  }

  /** Puts the cookies on the response, and what caches must know of them. */
  finish(response: Response): Response {
    const jar = this.#cookies;
    if (jar === undefined) return response;
    const { headers } = response;
    if (jar.accessed) vary(headers, "Cookie");
    if (jar.changed) {
      // A shared cache that keeps one visitor's Set-Cookie hands their session to others.
      if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private");
      jar.applyTo(headers);
    }
    return response;
  }
}

const DIRECT: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 0 };
