/** The site that is tortured: a few pages that do with a session what sites do. */

import { type AppEvent, pipeline } from "../middleware/mod.ts";
import { CookieStore, SessionDirectory, type SessionOptions, sessions, type SessionStore } from "../sessions/mod.ts";

/** What a session holds. */
export interface SiteSession {
  /** Who has signed in. */
  user: string;
  /** How often something was added. */
  count: number;
  /** The number that was put last. */
  n: number;
  /** Anything. */
  text: string;
}

/** How a site differs from the usual one. */
export interface SiteOptions extends Partial<Omit<SessionOptions, "store">> {
  /** Is told what has happened. */
  readonly onEvent?: (event: AppEvent) => void;
  /** Lets a request wait between reading the session and changing it, for what it has named in `?hold=`. */
  readonly hold?: (name: string) => Promise<void>;
}

/** A site: one of its handlers, in this process or another. */
export type Site = (request: Request) => Promise<Response>;

/**
 * Makes the site. `GET /` answers what is in the session; `/in?user=` signs in, `/out` signs out, `/cycle` takes a new id, `/add` adds one to a
 * number, `/put?n=` puts one, `/text?bytes=` a text, `/end?user=` ends all sessions of somebody, `/endone?user=` the first of them.
 *
 * @param store Where sessions are.
 * @param options How it differs.
 * @returns Its handler.
 */
export function makeSite(store: SessionStore | CookieStore, options: SiteOptions = {}): Site {
  const { onEvent = () => {}, hold = wait, ...others } = options;
  const directory = store instanceof CookieStore ? undefined : new SessionDirectory(store);
  const app = pipeline({ keys: [SITE_KEY], onEvent })
    .use(sessions<SiteSession>({ store, ...others }))
    .handle(async (_request, { session: open, url }) => {
      const asked = url.searchParams;
      const user = asked.get("user") ?? "";
      if (url.pathname === "/end") {
        if (store instanceof CookieStore) await store.revokeAll(user);
        else await directory!.revokeAll(user);
        return Response.json({});
      }
      if (url.pathname === "/endone") {
        const [first] = await directory!.listSessions(user);
        return Response.json(first === undefined ? false : await directory!.revokeSession(user, first.handle));
      }
      const session = await open();
      if (asked.has("hold")) await hold(asked.get("hold")!);
      switch (url.pathname) {
        case "/in":
          session.setOwner(user);
          session.assign({ user, count: 0 });
          break;
        case "/add":
          session.update("count", (count = 0) => count + 1);
          break;
        case "/put":
          session.set("n", Number(asked.get("n")));
          session.update("count", (count = 0) => count + 1);
          break;
        case "/text":
          session.set("text", "x".repeat(Number(asked.get("bytes"))));
          return Response.json({});
        case "/cycle":
          session.cycleKey();
          break;
        case "/out":
          session.flush();
          break;
      }
      return Response.json(Object.fromEntries(session.entries()));
    });
  return async (request) => await app(request);
}

/** A visitor: one cookie, or none. */
export class Visitor {
  /** The cookie, as it is sent. */
  cookie = "";

  /**
   * Asks a site, and takes what it gives.
   *
   * @param site The site.
   * @param path What to ask for.
   * @returns Its status and what it says.
   */
  async ask(site: Site, path: string): Promise<Answer> {
    const method = path === "/" ? "GET" : "POST";
    const headers: Record<string, string> = this.cookie === "" ? {} : { Cookie: this.cookie };
    const response = await site(new Request(`https://site.test${path}`, { method, headers }));
    const text = await response.text();
    const set = response.headers.getSetCookie()[0];
    if (set !== undefined) this.cookie = /; Max-Age=0(?:;|$)/.test(set) ? "" : set.split(";", 1)[0]!;
    return {
      status: response.status,
      again: response.headers.has("Retry-After"),
      body: response.ok ? JSON.parse(text) : { refusal: text },
    };
  }

  /** Somebody else with the same cookie: another tab, or a thief. */
  copy(): Visitor {
    const copy = new Visitor();
    copy.cookie = this.cookie;
    return copy;
  }
}

/** What a site has answered. */
export interface Answer {
  readonly status: number;
  /** Whether it was others who were faster, so that nothing was done and it may be tried again. */
  readonly again: boolean;
  readonly body: Partial<SiteSession> & { readonly refusal?: string };
}

/** No secret: it signs nothing outside of here. */
const SITE_KEY = "a key for the torture only, never for visitors";

function wait(milliseconds: string): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
}
