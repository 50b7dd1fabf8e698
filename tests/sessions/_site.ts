import { type AppEvent, type Context, pipeline, type PipelineOptions } from "@nuages/web/middleware";
import { type HasSession, MemoryStore, type Session, type SessionOptions, sessions } from "@nuages/web/sessions";
import { TestBrowser } from "../../testing/test_browser.ts";
import type { TestApplication, TestBrowserOptions } from "../../testing/test_browser_options.ts";

// deno-lint-ignore no-explicit-any -- each test has its own keys; what types do is tested in types_test.ts
type Any = any;

/** What a page does with the visitor's session. A response is sent as it is, anything else as JSON. */
export type Page = (session: Session<Any>, request: Request, context: Context & HasSession<Any>) => unknown;

/** How a site is made: the options of `sessions()` and of `pipeline()` in one. */
export interface SiteOptions extends Partial<SessionOptions>, Pick<PipelineOptions, "keys" | "debug" | "proxies"> {}

/** A site made of pages that do something with a session. */
export interface Site {
  /** The application. */
  readonly app: TestApplication;
  /** What has happened in it. */
  readonly events: AppEvent[];
  /** Somebody who visits it. */
  browser(options?: TestBrowserOptions): TestBrowser;
  /** The names of the events that have happened. */
  eventNames(): string[];
}

/** Makes a site. A path without a page of its own answers what is in the session, without touching more than that. */
export function makeSite(options: SiteOptions, pages: Readonly<Record<string, Page>> = {}): Site {
  const { keys = [TEST_KEY], debug = false, proxies, store = new MemoryStore(), ...others } = options;
  const events: AppEvent[] = [];
  const app = pipeline({ keys, debug, ...(proxies && { proxies }), onEvent: (event) => events.push(event) })
    .use(sessions<Any>({ store, ...others }))
    .handle(async (request, context) => {
      const session = await context.session();
      const page = pages[context.url.pathname] ?? (() => Object.fromEntries(session.entries()));
      const answer = await page(session, request, context);
      return answer instanceof Response ? answer : Response.json(answer ?? null);
    });
  return {
    app,
    events,
    browser: (browser) => new TestBrowser(app, browser),
    eventNames: () => events.map(({ name }) => name),
  };
}

/** No secret: it signs nothing outside of these tests. */
export const TEST_KEY = "a key for tests only, never for visitors";

/** Makes somebody wait until somebody else says so. */
export class Gate {
  readonly #arrival = Promise.withResolvers<void>();
  readonly #opening = Promise.withResolvers<void>();

  /** Waits, and lets it be known. */
  pass(): Promise<void> {
    this.#arrival.resolve();
    return this.#opening.promise;
  }

  /** Settles when somebody waits. */
  get reached(): Promise<void> {
    return this.#arrival.promise;
  }

  /** Lets everybody through, now and later. */
  open(): void {
    this.#opening.resolve();
  }
}

/** The names of the cookies that a response sets, and after a minus of those that it deletes. */
export function setCookies(response: Response): string[] {
  return response.headers.getSetCookie().map((line) => {
    return (/; Max-Age=0(?:;|$)/.test(line) ? "-" : "") + line.split("=", 1)[0];
  });
}
