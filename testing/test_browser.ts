import { browserHeaders } from "./_browser_headers.ts";
import { bodyOf, formsOf } from "./_page_form.ts";
import { afterRedirect, MOST_REDIRECTS, targetOf } from "./_redirects.ts";
import { BrowserCookies, type KeptCookie } from "./browser_cookies.ts";
import type { BrowserVisit, FormVisit, PageForm, TestApplication, TestBrowserOptions } from "./test_browser_options.ts";

/**
 * A browser over an application, without sockets: it keeps and sends cookies as real ones do, says where each request comes from (`Origin`, `Referer`,
 * `Sec-Fetch-*`), and fills in forms with the fields that a page hides in them, such as the CSRF token. All its tabs share its cookies; two browsers are two visitors.
 *
 * Cookies are looked up when a request leaves and kept when its response arrives, so requests that are under way at the same time see each other's as
 * those of a real browser do. Redirects are followed on request. Whatever the host of an address, the same application is asked.
 *
 * @example Signing in, and staying in
 * ```ts
 * import { csrf, html, htmlResponse, pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { TestBrowser } from "@nuages/web/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(sessions<{ name: string }>({ store: new MemoryStore() }))
 *   .use(csrf())
 *   .handle(routes({
 *     "GET /": async (_request, context) => new Response(`Hello, ${(await context.session()).get("name", "stranger")}`),
 *     "GET /sign-in": (_request, context) =>
 *       htmlResponse(html`<form method="post">${context.csrfField()}<input name="name"></form>`),
 *     "POST /sign-in": async (_request, context) => {
 *       (await context.session()).set("name", String((await context.form()).get("name")));
 *       return redirect("/");
 *     },
 *   }));
 *
 * const browser = new TestBrowser(app);
 * assertEquals((await browser.submit("/sign-in", { name: "Ada" })).status, 303);
 * assertEquals(await browser.text("/"), "Hello, Ada");
 * assertEquals(await new TestBrowser(app).text("/"), "Hello, stranger");
 * ```
 */
export class TestBrowser {
  /** What it keeps, and what it refused to keep. */
  readonly cookies: BrowserCookies;
  readonly #app: TestApplication;
  readonly #options: TestBrowserOptions;
  readonly #origin: string;

  /**
   * Opens a browser without cookies.
   *
   * @param app The application that it talks to.
   * @param options Where the application is, and what kind of browser it is.
   * @throws {TypeError} If `origin` is no address.
   */
  constructor(app: TestApplication, options: TestBrowserOptions = {}) {
    const { origin = "http://localhost", trustsLoopback = false } = options;
    if (!URL.canParse(origin)) {
      throw new TypeError(
        `Cannot open TestBrowser as origin must be an address like https://example.com: received ${origin}`,
      );
    }
    this.cookies = new BrowserCookies(trustsLoopback);
    this.#app = app;
    this.#options = options;
    this.#origin = new URL(origin).origin;
  }

  /**
   * Asks for a page.
   *
   * @param path Its path, or a whole address.
   * @param visit What is special about it.
   * @returns The response; a redirect is not followed.
   */
  get(path: string, visit: BrowserVisit = {}): Promise<Response> {
    return this.fetch(path, { ...visit, method: "GET" });
  }

  /**
   * Sends a form, or another body.
   *
   * @param path Where to, as a path or a whole address.
   * @param body The fields of a form, or a body.
   * @param visit What is special about it.
   * @returns The response; a redirect is not followed.
   */
  post(path: string, body: Record<string, string> | BodyInit = {}, visit: BrowserVisit = {}): Promise<Response> {
    const isFields = Object.getPrototypeOf(body) === Object.prototype;
    const sent = isFields ? new URLSearchParams(body as Record<string, string>) : body as BodyInit;
    return this.fetch(path, { ...visit, method: "POST", body: sent });
  }

  /**
   * Sends a request.
   *
   * @param path Where to, as a path or a whole address.
   * @param visit What it is.
   * @returns The response; a redirect is not followed.
   */
  fetch(path: string, visit: BrowserVisit = {}): Promise<Response> {
    return this.#send(new URL(path, this.#origin), visit, []);
  }

  /**
   * Sends a request, and goes where it is sent. A body that is sent on (307, 308) has to be one that can be sent twice, as a text or a form is.
   *
   * @param path Where to, as a path or a whole address.
   * @param visit What it is.
   * @returns The response that is no redirect.
   * @throws {Error} If it is sent on more than 20 times, at which browsers give up too.
   */
  async follow(path: string, visit: BrowserVisit = {}): Promise<Response> {
    return (await this.#follow(path, visit)).response;
  }

  /**
   * Asks for a page and reads it.
   *
   * @param path Its path, or a whole address.
   * @param visit What is special about it.
   * @returns Its text, whatever its status.
   */
  async text(path: string, visit: BrowserVisit = {}): Promise<string> {
    return await (await this.fetch(path, visit)).text();
  }

  /**
   * Asks for data and reads it.
   *
   * @param path Its path, or a whole address.
   * @param visit What is special about it.
   * @returns What was read as JSON, whatever its status.
   * @throws {SyntaxError} If it is no JSON.
   */
  // deno-lint-ignore no-explicit-any -- the test knows what it asks for
  async json(path: string, visit: BrowserVisit = {}): Promise<any> {
    return await (await this.fetch(path, visit)).json();
  }

  /**
   * Looks for a form on a page.
   *
   * @param path The page, by its path or a whole address; redirects are followed.
   * @param visit Which form, and what is special about asking for the page.
   * @returns The form, as it is before anybody fills it in.
   * @throws {Error} If the page has no such form.
   */
  async form(path: string, visit: FormVisit = {}): Promise<PageForm> {
    const { form, ...others } = visit;
    const { response, url } = await this.#follow(path, { ...others, method: "GET" });
    const forms = formsOf(await response.text(), url);
    const found = forms.find((each) =>
      form === undefined ? each.method === "POST" : [each.id, each.name, new URL(each.action).pathname].includes(form)
    );
    if (found !== undefined) return found;
    const wanted = form === undefined ? "a form that is sent by POST" : `the form "${form}"`;
    throw new Error(`Cannot find ${wanted} on ${path}: received ${response.status} with ${forms.length} forms`);
  }

  /**
   * Opens a page, fills in a form and sends it, as a click on its button does: with what the page hides in it.
   *
   * @param path The page, by its path or a whole address.
   * @param fields What is filled in. A box that isn't there can't be: such a name is refused.
   * @param visit Which form, and what is special about sending it.
   * @returns The response; a redirect is not followed.
   * @throws {Error} If the page has no such form, or the form no such field.
   */
  async submit(path: string, fields: Record<string, string> = {}, visit: FormVisit = {}): Promise<Response> {
    const { form: wanted, ...others } = visit;
    const form = await this.form(path, wanted === undefined ? {} : { form: wanted });
    const unknown = Object.keys(fields).find((name) => !form.names.includes(name));
    if (unknown !== undefined) {
      throw new Error(`Cannot fill in "${unknown}" on ${path} as the form has ${form.names.join(", ") || "no fields"}`);
    }
    const filled = Object.entries({ ...form.fields, ...fields });
    const sent = { from: form.page, ...others };
    if (form.method === "POST") return await this.post(form.action, bodyOf(form, filled), sent);
    const url = new URL(form.action);
    url.search = new URLSearchParams(filled).toString();
    return await this.get(url.href, sent);
  }

  /**
   * Looks for a cookie.
   *
   * @param name Its name.
   * @returns The first one of this name, whatever its path or domain; `undefined` if there is none.
   */
  cookie(name: string): KeptCookie | undefined {
    return this.cookies.all().find((cookie) => cookie.name === name);
  }

  /**
   * Opens another browser with the same cookies, as somebody has who copied them.
   *
   * @returns The other browser.
   */
  copy(): TestBrowser {
    const copy = new TestBrowser(this.#app, this.#options);
    copy.cookies.adopt(this.cookies.all());
    return copy;
  }

  /** Closes the browser and opens it again. */
  restart(): void {
    this.cookies.endSession();
  }

  async #follow(path: string, visit: BrowserVisit): Promise<{ response: Response; url: URL }> {
    const via: URL[] = [];
    let url = new URL(path, this.#origin);
    for (let current = visit;;) {
      const response = await this.#send(url, current, via);
      const target = targetOf(response, url);
      if (target === undefined) return { response, url };
      await response.body?.cancel();
      if (via.push(url) > MOST_REDIRECTS) {
        throw new Error(`Cannot follow ${path} as it is sent on more than ${MOST_REDIRECTS} times`);
      }
      current = afterRedirect(current, response.status);
      url = target;
    }
  }

  async #send(url: URL, visit: BrowserVisit, via: readonly URL[]): Promise<Response> {
    const { from = this.#origin, navigation = true, ...init } = visit;
    const request = new Request(url, { ...init, redirect: "manual" });
    const { method, headers } = request;
    const page = from === null ? undefined : new URL(from, this.#origin);
    const departure = { method, url, via, from: page, navigation };
    for (const [name, value] of browserHeaders(departure, this.#options.fetchMetadata ?? true)) {
      if (!headers.has(name)) headers.set(name, value);
    }
    const occasion = { url, from: page?.origin, safeNavigation: navigation && /^(?:GET|HEAD)$/.test(method) };
    const cookies = this.cookies.header(occasion);
    if (cookies !== "" && !headers.has("Cookie")) headers.set("Cookie", cookies);
    const response = await this.#app(request, this.#options.info);
    for (const line of response.headers.getSetCookie()) this.cookies.receive(line, occasion);
    return response;
  }
}
