/** A browser over a handler: it keeps cookies as a real one does, and every tab shares them. No sockets. */

import { BrowserCookies, type KeptCookie } from "./_browser_cookies.ts";

/** What the browser talks to: what `pipeline().handle(…)` gives, or any other handler of `Deno.serve`. */
export type Application = (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** How a browser is made. */
export interface BrowserOptions {
  /** Where the application is; `http://localhost` unless said otherwise. */
  readonly origin?: string;
  /** Whether http on this machine counts as secure, as in Chromium and Firefox; as in Safari it doesn't, unless said otherwise. */
  readonly trustsLoopback?: boolean;
  /** What `Deno.serve` would say of the connection. */
  readonly info?: Deno.ServeHandlerInfo;
}

/** What is special about one request. */
export interface Visit extends RequestInit {
  /** The origin of the page that starts the request; the application's own unless said otherwise. */
  readonly from?: string;
  /** Whether the request loads a page into a tab rather than data into a page. */
  readonly navigation?: boolean;
}

/**
 * A browser. Cookies are looked up when a request leaves and kept when its response arrives, so requests that are under way at
 * the same time see each other's cookies as those of a real browser do.
 */
export class Browser {
  /** What it keeps, and what it refused to keep. */
  readonly cookies: BrowserCookies;
  readonly #app: Application;
  readonly #origin: string;
  readonly #info: Deno.ServeHandlerInfo | undefined;

  constructor(app: Application, options: BrowserOptions = {}) {
    const { origin = "http://localhost", trustsLoopback = false, info } = options;
    this.cookies = new BrowserCookies(trustsLoopback);
    this.#app = app;
    this.#origin = origin;
    this.#info = info;
  }

  /** Asks for a page. */
  get(path: string, visit: Visit = {}): Promise<Response> {
    return this.fetch(path, visit);
  }

  /** Sends a form, or another body. */
  post(path: string, body: Record<string, string> | BodyInit = {}, visit: Visit = {}): Promise<Response> {
    const plain = Object.getPrototypeOf(body) === Object.prototype;
    const sent = plain ? new URLSearchParams(body as Record<string, string>) : body as BodyInit;
    return this.fetch(path, { ...visit, method: "POST", body: sent });
  }

  /** Sends a request, and answers what comes back; redirects are not followed. */
  async fetch(path: string, visit: Visit = {}): Promise<Response> {
    const { from = this.#origin, navigation = true, ...init } = visit;
    const url = new URL(path, this.#origin);
    const request = new Request(url, { ...init, redirect: "manual" });
    const occasion = { url, from, safeNavigation: navigation && /^(?:GET|HEAD)$/.test(request.method) };
    const header = this.cookies.header(occasion);
    if (header !== "") request.headers.set("Cookie", header);
    const response = await this.#app(request, this.#info);
    for (const line of response.headers.getSetCookie()) this.cookies.receive(line, occasion);
    return response;
  }

  /** Sends a request, and goes where it is sent, ten times at most. */
  async follow(path: string, visit: Visit = {}): Promise<Response> {
    let response = await this.fetch(path, visit);
    let url = new URL(path, this.#origin);
    for (let hop = 0; hop < 10 && response.status >= 300 && response.headers.has("Location"); hop++) {
      await response.body?.cancel();
      url = new URL(response.headers.get("Location")!, url);
      const repeats = response.status === 307 || response.status === 308;
      const { body: _body, method: _method, ...others } = visit;
      response = await this.fetch(url.href, repeats ? visit : others);
    }
    return response;
  }

  /** The text of a page. */
  async text(path: string, visit: Visit = {}): Promise<string> {
    return await (await this.fetch(path, visit)).text();
  }

  /** The data at an address. */
  // deno-lint-ignore no-explicit-any -- the test knows what it asks for
  async json(path: string, visit: Visit = {}): Promise<any> {
    return await (await this.fetch(path, visit)).json();
  }

  /** The cookie of this name, whatever its path or domain; `undefined` if there is none. */
  cookie(name: string): KeptCookie | undefined {
    return this.cookies.all().find((cookie) => cookie.name === name);
  }

  /** Another browser with the same cookies, as somebody has who copied them. */
  copy(): Browser {
    const copy = new Browser(this.#app, {
      origin: this.#origin,
      ...(this.#info === undefined ? {} : { info: this.#info }),
    });
    copy.cookies.adopt(this.cookies.all());
    return copy;
  }

  /** Closes the browser and opens it again. */
  restart(): void {
    this.cookies.endSession();
  }
}
