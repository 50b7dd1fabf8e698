import {
  type AppEvent,
  type Context,
  contextProcessor,
  type Handler,
  pipeline,
  type PipelineOptions,
} from "@nuages/web/middleware";
import {
  type FallbackOptions,
  type HasMessages,
  type Message,
  messages,
  messagesProcessor,
  type StorageOptions,
} from "@nuages/web/messages";
import { type HasSession, MemoryStore, sessions, type SessionStore } from "@nuages/web/sessions";
import { TestBrowser } from "../../testing/test_browser.ts";
import type { TestApplication, TestBrowserOptions } from "../../testing/test_browser_options.ts";

// deno-lint-ignore no-explicit-any -- each test has its own session; what types do is tested in types_test.ts
type Any = any;

/** What a page has on its context. */
export type PageContext = Context & HasSession<Any> & HasMessages;
/** A page of a site: a view. */
export type Page = Handler<PageContext>;

/** How a site is made: the options of `messages()` and of `pipeline()` in one, and where sessions are kept. */
export type SiteOptions =
  & (FallbackOptions | StorageOptions<Any>)
  & Pick<PipelineOptions, "keys" | "debug" | "errors">
  & { readonly store?: SessionStore };

/** A site made of pages that have messages. */
export interface Site {
  /** The application. */
  readonly app: TestApplication;
  /** What has happened in it. */
  readonly events: AppEvent[];
  /** Somebody who visits it. */
  browser(options?: TestBrowserOptions): TestBrowser;
}

/**
 * Makes a site. Besides its own pages it has `/show`, which reads messages and answers with their texts, one a line, and `/add`, which adds
 * the texts of the query as messages of level `info` and redirects to `/show`.
 */
export function makeSite(options: SiteOptions = {}, pages: Readonly<Record<string, Page>> = {}): Site {
  const { keys = [TEST_KEY], debug = false, errors = {}, store = new MemoryStore(), ...others } = options;
  const events: AppEvent[] = [];
  const app = pipeline({ keys, debug, errors, onEvent: (event) => events.push(event) })
    .use(sessions<Any>({ store }))
    .use(messages(others as FallbackOptions))
    .use(contextProcessor(messagesProcessor))
    .handle((request, context) =>
      (pages[context.url.pathname] ?? STANDARD[context.url.pathname] ?? page404)(request, context)
    );
  return { app, events, browser: (browser) => new TestBrowser(app, browser) };
}

const STANDARD: Readonly<Record<string, Page>> = {
  "/show": async (_request, context) => new Response(lines(await context.messages.read())),
  "/add": (_request, context) => {
    for (const text of context.url.searchParams.getAll("text")) context.messages.info(text);
    return new Response(null, { status: 303, headers: { Location: "/show" } });
  },
};

function page404(): Response {
  return new Response("no such page", { status: 404 });
}

/** The texts of messages, one a line. */
export function lines(list: Iterable<Message>): string {
  return [...list].map(({ text }) => text).join("\n");
}

/** The names of the events that have happened. */
export function namesOf(events: readonly AppEvent[]): string[] {
  return events.map(({ name }) => name);
}

/** No secret: it signs nothing outside of these tests. */
export const TEST_KEY = "a key for tests only, never for visitors";

/** A page as a browser navigates to it. */
export const NAVIGATION: { readonly headers: Record<string, string> } = {
  headers: {
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  },
};

/** What a script fetches. */
export const BACKGROUND: { readonly headers: Record<string, string> } = {
  headers: { "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", Accept: "*/*" },
};
