import type { Awaitable } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import { letGo } from "../middleware/let_go.ts";
import type { LoadedSession, SessionBackend, Superseded } from "./_backend.ts";
import { commit, isDue } from "./_commit.ts";
import { LiveSession } from "./_live_session.ts";
import { now } from "./_record.ts";
import type { SessionDocument } from "./_session_document.ts";
import type { Settings } from "./_settings.ts";
import { SessionStoreError } from "./session_errors.ts";

/** One request's dealings with the visitor's session: reads it when asked, writes it when the response leaves. */
export class Visit {
  readonly backend: SessionBackend;
  readonly settings: Settings;
  readonly context: Context;
  readonly request: Request;
  /** The session as it was found. */
  loaded: LoadedSession | undefined;
  /** Whether the session that was looked for has got a new id a moment ago. */
  isSuperseded = false;
  #opening: Promise<LiveSession> | undefined;
  /** Whether whoever waited for the session has it by now. */
  #isOpen = false;
  #session: LiveSession | undefined;
  #left: boolean;

  constructor(backend: SessionBackend, settings: Settings, context: Context, request: Request, left: boolean) {
    this.#left = left;
    this.backend = backend;
    this.settings = settings;
    this.context = context;
    this.request = request;
  }

  /** The session, read once. */
  open(): Promise<LiveSession> {
    return this.#opening ??= this.#open();
  }

  #open(): Promise<LiveSession> {
    const reading = this.#read();
    if (!(reading instanceof Promise)) {
      return AT_ONCE.then(() => {
        this.#isOpen = true;
        return reading;
      });
    }
    // Who asks early and awaits late must not bring the process down if reading fails in between.
    reading.then(() => this.#isOpen = true, ignore);
    return reading;
  }

  /** The session's keys, for the debug page. */
  keys(): string[] {
    return this.#session?.keys() ?? ["(the session was not read)"];
  }

  /** Keeps what was found. */
  found(found: LoadedSession | Superseded | undefined): LoadedSession | undefined {
    this.isSuperseded = found === "superseded";
    return this.loaded = found === "superseded" ? undefined : found;
  }

  /** Writes what has changed, before the response leaves. From then on the session can't be changed. */
  leave(response: Response): Awaitable<Response> {
    // Perhaps the view didn't wait for it: then what it does with the session comes before what is done here.
    if (this.#opening !== undefined && !this.#isOpen) return this.#waitAndLeave(this.#opening, response);
    this.#left = true;
    if (this.#session === undefined) return response;
    return this.#leaveWith(this.#session, response);
  }

  async #waitAndLeave(opening: Promise<LiveSession>, response: Response): Promise<Response> {
    const session = await opening.catch((error) => this.#wentOnWithout(error, response));
    this.#left = true;
    return session === undefined ? response : await this.#leaveWith(session, response);
  }

  #leaveWith(session: LiveSession, response: Response): Awaitable<Response> {
    try {
      session.closed = true;
      const failed = hasFailed(response);
      if (!this.#hasWork(session, failed)) return response;
      return commit(this, session, failed).then(() => response, (error) => giveUp(response, error));
    } catch (error) {
      return giveUp(response, error);
    }
  }

  /** Nearly always there is nothing to do for a session that was only read. */
  #hasWork(session: LiveSession, failed: boolean): boolean {
    if (session.unavailable !== undefined) return false;
    if (session.modified) return true;
    if (failed) return false;
    if (this.loaded === undefined) return !this.isSuperseded && this.backend.present(this.context.cookies);
    return isDue(this.loaded, this.settings);
  }

  /** What a view caught, or never awaited, is no exception: without this nobody would hear of it. */
  #wentOnWithout(error: unknown, response: Response): undefined {
    if (hasFailed(response)) return;
    this.#reportUnavailable("The view has answered without the session, as it could not be read", error);
  }

  #reportUnavailable(message: string, error: unknown): void {
    this.context.emit({ name: "session.unavailable", message, error });
  }

  #read(): Awaitable<LiveSession> {
    let found: ReturnType<SessionBackend["load"]>;
    try {
      found = this.backend.load(this.context);
      if (!(found instanceof Promise)) return this.#begin(this.found(found));
    } catch (error) {
      found = Promise.reject(error);
    }
    const opening = found.then((found) => this.#begin(this.found(found)));
    return this.settings.emptyIfUnavailable ? opening.catch((error) => this.#beginWithout(error)) : opening;
  }

  #begin(loaded: LoadedSession | undefined): LiveSession {
    const document: SessionDocument = loaded?.document ?? { data: new Map(), created: now(), expiry: undefined };
    const session = new LiveSession(document, loaded?.expires, this.settings);
    session.closed = this.#left;
    return this.#session = session;
  }

  #beginWithout(error: unknown): LiveSession {
    if (!(error instanceof SessionStoreError)) throw error;
    const session = this.#begin(undefined);
    session.unavailable = error;
    this.#reportUnavailable(
      "The session could not be read, and the view got an empty one that can't be changed",
      error,
    );
    return session;
  }
}

function giveUp(response: Response, error: unknown): never {
  letGo(response);
  throw error;
}

/** Whether the view broke off: with an error, or (499) since the visitor went away in the middle of it. */
function hasFailed({ status }: Response): boolean {
  return status >= 500 || status === 499;
}

function ignore(): void {}

const AT_ONCE = Promise.resolve();
