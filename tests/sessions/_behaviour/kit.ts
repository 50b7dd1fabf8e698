import type { SessionOptions } from "@nuages/web/sessions";
import { makeSite, type Page, type Site, type SiteOptions } from "../_site.ts";

/** Somewhere to keep sessions, made for one test. */
export interface Backend {
  /** What `sessions()` is given. */
  readonly store: SessionOptions["store"];
  /** Puts everything away. */
  close?(): PromiseLike<void> | void;
}

/** What is known of one kind of backend. */
export interface Subject {
  /** What it is called, at the beginning of each test's name. */
  readonly name: string;
  /** Makes an empty one. */
  readonly makeBackend: () => Backend | Promise<Backend>;
  /** Whether the server has the session, so that writers can be told apart. */
  readonly onServer: boolean;
  /** Whether a session can be ended for good, whoever has a copy of its cookie. */
  readonly endsForGood: boolean;
  /** Whether it is known when a session began, and whose it is: there is no place for that in Django's table. Taken for granted. */
  readonly knowsOrigins?: boolean;
  /** Whether somebody else may give a session a new id and leave no word of it, as a Django does. Not taken for granted. */
  readonly isShared?: boolean;
  /** Whether sessions end by the clock of the server they are on, which no test moves. */
  readonly goesByServer?: boolean;
}

/** Makes a site that keeps its sessions in the backend of this test. */
export type MakeSite = (pages: Readonly<Record<string, Page>>, options?: SiteOptions) => Site;

/** Registers a test that gets an empty backend. */
export function testWith(
  { name, makeBackend }: Subject,
  title: string,
  body: (makeSite: MakeSite, store: Backend["store"]) => Promise<void>,
): void {
  Deno.test(`${name}: ${title}`, async () => {
    const { store, close } = await makeBackend();
    try {
      await body((pages, options) => makeSite({ store, ...options }, pages), store);
    } finally {
      await close?.();
    }
  });
}
