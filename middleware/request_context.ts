/**
 * The context behind {@linkcode Context}: everything lazy, everything once.
 *
 * @module
 */

import { CookieJar } from "../cookies/cookie_jar.ts";
import { type Client, RequestClient } from "./client.ts";
import type { AppInfo, Context, EventDetails } from "./context.ts";
import { CookieSurroundings } from "./cookie_surroundings.ts";
import { type AppEvent, deliver } from "./events.ts";
import { readForm } from "./form.ts";
import { writtenHostname, writtenPath } from "./request_path.ts";
import { type AppState, Run } from "./run.ts";

/**
 * The one implementation of {@linkcode Context}.
 *
 * @internal
 */
export class RequestContext implements Context {
  readonly #request: Request;
  readonly #info: Deno.ServeHandlerInfo | undefined;
  readonly #run: Run;
  #client: RequestClient | undefined;
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
    this.#run = new Run(app, request, info !== undefined && !(info instanceof RequestContext));
  }

  /**
   * The kernel's notes on a request.
   *
   * @param context What a layer was given.
   * @returns The notes; `undefined` if it is no pipeline's context, but a copy of one or something else.
   */
  static runOf(context: Context): Run | undefined {
    return typeof context === "object" && context !== null && #run in context ? context.#run : undefined;
  }

  /**
   * The path of the address the visitor asked for, as it is written.
   *
   * @param context What a layer was given.
   * @returns The path; `undefined` if nothing but `context.url` can tell.
   */
  static writtenPathOf(context: Context): string | undefined {
    // Somebody may have put another address in the place of the context's own.
    if (!(#run in context) || Object.hasOwn(context, "url")) return undefined;
    return context.#run.app.proxies === undefined
      ? writtenPath(context.#request, undefined)
      : context.#visitor.writtenPath;
  }

  /**
   * The name of the host the visitor asked for, as it is written.
   *
   * @param context What a layer was given.
   * @returns The name, without a port; `undefined` if nothing but `context.url` can tell.
   */
  static writtenHostnameOf(context: Context): string | undefined {
    if (!(#run in context) || Object.hasOwn(context, "url")) return undefined;
    return context.#run.app.proxies === undefined
      ? writtenHostname(context.#request, undefined)
      : context.#visitor.writtenHostname;
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
    if (this.#client !== undefined) return this.#client;
    const peer = this.remoteAddr;
    return this.#client = new RequestClient(
      this.#request,
      peer,
      this.#run.app.proxies?.forwarding(this.#request, peer),
    );
  }

  /** The request's cookies, and those to send. */
  get cookies(): CookieJar {
    return this.#run.cookies ??= this.#openJar();
  }

  #openJar(): CookieJar {
    const jar = new CookieJar(this.#request.headers.get("Cookie"), new CookieSurroundings(this));
    if (this.#run.hasLeft) jar.close();
    return jar;
  }

  /** Names this request. */
  get requestId(): string {
    return this.#requestId ??= crypto.randomUUID();
  }

  /** What the pipeline was told. */
  get app(): AppInfo {
    return this.#run.app;
  }

  /** Reads the body as a form, once. */
  form(): Promise<FormData> {
    return this.#form ??= readForm(this.#request, this.#run.app.form);
  }

  /** Tells the listener. */
  emit(event: EventDetails): void {
    const { onEvent } = this.#run.app;
    if (onEvent === undefined && event.name !== "exception") return;
    deliver(onEvent, { ...event, ...describe(this.#request), requestId: this.requestId });
  }
}

/** Deno answers nothing more of a request that is over, unless it was asked before. An event that comes then is told with what is known. */
function describe(request: Request): Pick<AppEvent, "method" | "path"> {
  let method = "";
  try {
    method = request.method;
    return { method, path: URL.parse(request.url)?.pathname ?? "" };
  } catch {
    return { method, path: "" };
  }
}

const DIRECT: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 0 };
