/**
 * What the kernel notes down while a request runs.
 *
 * @module
 */

import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { AppInfo, Context } from "./context.ts";
import type { EventListener } from "./events.ts";
import type { FormLimits } from "./form.ts";
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
  readonly render: ((template: string, data: Record<string, unknown>, context: Context) => unknown) | undefined;
}

/**
 * The notes of one request. They are kept beside the context and not on it, where `extend` could overwrite them: a middleware
 * may well add something called "hooks".
 *
 * @internal
 */
export class Run {
  /** What every request of the application shares. */
  readonly app: AppState;
  /** The request. */
  readonly request: Request;
  /** Whether its connection is a server's own, so that what it is answered with goes to a visitor, and not to a pipeline outside this one. */
  readonly connected: boolean;
  /** Which request of the program it is, counted from its beginning. */
  readonly serial: number = ++requests;
  /** The hooks that layers have added, outermost first. */
  hooks: readonly Hooks[] | undefined = undefined;
  /** The first of the hooks that belong to the view alone. */
  hooksFrom = 0;
  /** How many layers the request has entered, as far as they are made of steps. */
  entered = 0;
  /** The outermost layer that the response has left, by its place. */
  left: number = NOT_LEFT;
  /** What layers keep of the request, by their places; see {@linkcode Steps}. */
  states: unknown[] | undefined = undefined;
  /** Set while the view runs: hooks come too late then. */
  viewRuns = false;
  /** The last response whose headers were seen to be writable. */
  writable: Response | undefined = undefined;
  /** The cookies, if somebody asked for them. */
  cookies: CookieJar | undefined = undefined;
  /** Set when the response has left: what is put into the jar from then on would be lost. */
  hasLeft = false;

  /**
   * @param app What every request of the application shares.
   * @param request The request.
   * @param connected Whether its connection is a server's own.
   */
  constructor(app: AppState, request: Request, connected: boolean) {
    this.app = app;
    this.request = request;
    this.connected = connected;
  }

  /**
   * Adds hooks, inside those there are.
   *
   * @param hooks The hooks.
   * @throws {TypeError} If the view is running.
   */
  addHooks(hooks: Hooks): void {
    if (this.viewRuns) {
      // A layer outside has called `next` once more, and the hooks are there from the first time.
      if (this.hooks?.includes(hooks)) return;
      throw new TypeError(
        "Cannot add hooks as the view is running: to put this middleware around one view, write perView(middleware)(view)",
      );
    }
    // A new list, as what is there may be shared by all requests.
    this.hooks = this.hooks === undefined ? [hooks] : [...this.hooks, hooks];
  }

  /**
   * Makes room for the hooks of one view. Who is running the hooks there were isn't disturbed.
   *
   * @returns What {@linkcode Run.endView} wants.
   */
  beginView(): Pick<Run, "hooks" | "hooksFrom"> {
    const { hooks, hooksFrom } = this;
    this.viewRuns = false;
    this.hooksFrom = hooks?.length ?? 0;
    return { hooks, hooksFrom };
  }

  /**
   * Takes the hooks of one view away.
   *
   * @param before What {@linkcode Run.beginView} gave.
   */
  endView(before: Pick<Run, "hooks" | "hooksFrom">): void {
    this.hooks = before.hooks;
    this.hooksFrom = before.hooksFrom;
  }

  /**
   * Puts the cookies on the response, and what caches must know of them.
   *
   * @param response The response as it leaves the outermost layer.
   * @returns The same response.
   * @throws {TypeError} If its body was read already.
   */
  finish(response: Response): Response {
    // Where there are no layers the server itself refuses it, and asking would cost the response its fast way out.
    const isSeen = this.writable !== undefined || !this.connected;
    if (isSeen && response.bodyUsed) {
      throw new TypeError(
        "Cannot send the response as its body was read already: a view makes a new response each time, a layer that reads one answers with a new one",
      );
    }
    this.hasLeft = true;
    const jar = this.cookies;
    if (jar === undefined) return response;
    const { headers } = response;
    if (jar.accessed) vary(headers, "Cookie");
    if (jar.changed) {
      // A shared cache that keeps one visitor's Set-Cookie hands their session to others.
      if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private");
      jar.applyTo(headers);
    }
    jar.close();
    return response;
  }
}

/** The place of no layer: a pipeline never has so many. */
export const NOT_LEFT = 0x3fffffff;

let requests = 0;
