import type { Draft, Id, LoadedSession, Outcome } from "./_backend.ts";
import { deadline, endsWithBrowser, needsRenewal } from "./_expiry.ts";
import type { LiveSession } from "./_live_session.ts";
import { seenNow } from "./_ownership.ts";
import { now } from "./_record.ts";
import type { SessionDocument } from "./_session_document.ts";
import type { Settings } from "./_settings.ts";
import type { Visit } from "./_visit.ts";
import { SessionConflict, SessionInterrupted, SessionStoreError } from "./session_errors.ts";

/**
 * Writes what has become of a session.
 *
 * @param visit The request's dealings with it.
 * @param session The session, as the view has left it.
 * @param failed Whether the view broke off.
 */
export function commit(visit: Visit, session: LiveSession, failed: boolean): Promise<void> {
  const { loaded } = visit;
  const expired = session.hasEnded;
  // By far the most frequent, and nothing to wait for before it.
  if (loaded !== undefined && !failed && !session.flushed && !expired && session.modified) {
    return write(visit, session, loaded);
  }
  return settle(visit, session, failed, expired);
}

async function settle(visit: Visit, session: LiveSession, failed: boolean, expired: boolean): Promise<void> {
  const { backend, loaded } = visit;
  // Ending a session by flush() is no write that a failing view takes back: who signed out stays signed out.
  const ended = session.flushed || expired && !failed;
  if (ended && loaded !== undefined) await backend.remove(loaded);
  // It came with an id that was good when it left: who signs out means the session, whatever that is called by now.
  if (session.flushed && visit.isSuperseded) await backend.removeSuccessor(visit.context);
  if (ended) forget(visit, "asked");
  if (failed) return;
  if (loaded === undefined || ended) {
    if (session.hasChanges && session.isWorthKeeping && !expired) await create(visit, session);
    else forget(visit);
  } else {
    await refresh(visit, loaded);
  }
}

/**
 * Whether a session that was only read has to be written all the same, or the browser to be told of it.
 *
 * @param loaded The session.
 * @param settings How long sessions and ids live.
 * @returns Whether it has.
 */
export function isDue(loaded: LoadedSession, settings: Settings): boolean {
  const present = now();
  return loaded.isOutdated || loaded.isElsewhere || needsNewId(loaded, settings, present) ||
    needsRenewal(loaded.document, loaded.expires, settings, present);
}

function needsNewId({ document }: LoadedSession, { rotate }: Settings, present: number): boolean {
  return present - (document.issued ?? document.created) >= rotate;
}

async function create(visit: Visit, session: LiveSession): Promise<void> {
  // It would take the place of the new id in the browser, unless that is what is meant.
  if (visit.isSuperseded && !session.flushed && !session.cycled) throw interrupted(visit);
  const document = session.draft();
  const { backend, context, settings } = visit;
  await backend.create(draftOf(visit, document), context.cookies, endsWithBrowser(document, settings));
}

/** Writes what the view has made of the session; if somebody else has written since, its changes on top of that. */
async function write(visit: Visit, session: LiveSession, loaded: LoadedSession): Promise<void> {
  let document = session.draft();
  for (let attempt = 1;; attempt++) {
    const id = session.cycled ? "cycled" : needsNewId(loaded, visit.settings, now()) ? "rotated" : "same";
    const outcome = await replace(visit, loaded, draftOf(visit, document), id);
    if (outcome === "written") return;
    if (outcome === "gone") throw interrupted(visit);
    if (attempt === ATTEMPTS) throw conflict(visit);
    // Waiting comes before reading, so that what is read is still new when it is written.
    await pause(attempt);
    const fresh = visit.found(await visit.backend.load(visit.context, { fresh: true }));
    if (fresh === undefined) throw interrupted(visit);
    loaded = fresh;
    document = session.replayed(fresh.document);
  }
}

/**
 * A later deadline, a new id or the newest key, for a session that was only read. Who loses that race needs no second try: somebody has
 * just written.
 */
async function refresh(visit: Visit, loaded: LoadedSession): Promise<void> {
  const { settings, context } = visit;
  const { document } = loaded;
  const present = now();
  const isRenewed = needsRenewal(document, loaded.expires, settings, present);
  const id = needsNewId(loaded, settings, present) ? "rotated" : "same";
  if (!isRenewed && id === "same" && !loaded.isOutdated) {
    return remind(visit, loaded);
  }
  const draft = draftOf(visit, document, isRenewed ? deadline(document, settings, present) : loaded.expires);
  try {
    const outcome = await replace(visit, loaded, draft, id);
    if (outcome === "gone") forget(visit);
    else if (loaded.isElsewhere && outcome === "conflict") remind(visit, loaded);
  } catch (error) {
    if (!settings.emptyIfUnavailable || !(error instanceof SessionStoreError)) throw error;
    context.emit({ name: "session.unavailable", message: "The session could not be renewed", error });
  }
}

function remind({ backend, context, settings }: Visit, loaded: LoadedSession): void {
  backend.remind(loaded, context.cookies, endsWithBrowser(loaded.document, settings));
}

function replace(visit: Visit, loaded: LoadedSession, draft: Draft, id: Id): Promise<Outcome> {
  const { backend, context, settings } = visit;
  const browserClose = endsWithBrowser(draft.document, settings);
  const issued = id === "same" ? draft : { ...draft, document: { ...draft.document, issued: now() } };
  return backend.replace(loaded, issued, context.cookies, { id, browserClose });
}

function draftOf(visit: Visit, document: SessionDocument, expires?: number): Draft {
  const { owner } = document;
  const seen = owner && seenNow(owner, visit.context.client.address, visit.request.headers);
  return {
    document: seen === undefined ? document : { ...document, owner: seen },
    expires: expires ?? deadline(document, visit.settings, now()),
  };
}

function interrupted(visit: Visit): SessionInterrupted {
  forget(visit);
  visit.context.emit({ name: "session.interrupted", message: "A session was ended while a request changed it" });
  return new SessionInterrupted();
}

function conflict(visit: Visit): SessionConflict {
  const error = new SessionConflict(ATTEMPTS);
  visit.context.emit({ name: "session.conflict", message: error.message, error });
  return error;
}

/** Takes the cookie away: one that opens nothing, unless the browser has a newer one by now, or the one that was asked to go. */
function forget({ backend, context, isSuperseded }: Visit, reason: "asked" | "dead" = "dead"): void {
  if (reason === "dead" && isSuperseded) return;
  if (backend.present(context.cookies)) backend.forget(context.cookies);
}

const ATTEMPTS = 30;
const LONGEST_PAUSE = 100;

/** Waits at random, longer each time, so that those who met once don't meet again. The first retry doesn't wait. */
function pause(attempt: number): Promise<void> | undefined {
  if (attempt === 1) return undefined;
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE)));
}
