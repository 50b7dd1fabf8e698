/**
 * Events: what happened inside, for whoever listens. The only file that may write to standard error.
 *
 * @module
 */

import { inspect, isOf } from "./inspect.ts";

/**
 * Something worth knowing happened. Given to the `onEvent` of {@linkcode PipelineOptions}.
 *
 * An `exception` nobody listens for is written to standard error; every other event is silent without a listener.
 */
export interface AppEvent {
  /** What happened, for programs: `exception`, `csrf.rejected`, `cookie.bad_signature`, `session.conflict` … */
  readonly name: string;
  /** What happened, for people, and what to do about it where that is known. */
  readonly message: string;
  /** The error behind it, if there is one. */
  readonly error?: unknown;
  /** Further facts; never a secret, a cookie's value or a session's id. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** The request's method. */
  readonly method: string;
  /** The request's path, percent-encoded, without the query. */
  readonly path: string;
  /** The request's id, the one an error page shows. */
  readonly requestId: string;
}

/** Listens to events. It is called while the request is handled: hand slow work to somebody else. */
export type EventListener = (event: AppEvent) => void;

/**
 * Delivers an event. A listener that throws, or rejects, doesn't disturb the request: its error goes to standard error.
 *
 * @param listener Who listens, if anybody does.
 * @param event What happened.
 * @internal
 */
export function deliver(listener: EventListener | undefined, event: AppEvent): void {
  if (listener === undefined) {
    if (event.name === "exception") writeException(event);
    return;
  }
  const fail = (error: unknown): void => {
    writeException({ ...event, name: "exception", message: "The onEvent listener threw", error });
    if (event.name === "exception") writeException(event);
  };
  try {
    const answer: unknown = listener(event);
    if (answer instanceof Promise) answer.catch(fail);
  } catch (error) {
    fail(error);
  }
}

function writeException(event: AppEvent): void {
  const error = isOf(event.error, Error) ? inspect(event.error) : `Thrown: ${inspect(event.error)}`;
  const text = `${event.message}: ${event.method} ${event.path} (request ${event.requestId})\n${error}`;
  const bytes = new TextEncoder().encode(`${text.replace(CONTROLS_REGEXP, escapeControl)}\n`);
  try {
    for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
  } catch {
    // Standard error is closed: there is nobody left to tell.
  }
}

// What a visitor wrote may be in an error's message, and a terminal obeys escape sequences.
// deno-lint-ignore no-control-regex
const CONTROLS_REGEXP = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

function escapeControl(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
