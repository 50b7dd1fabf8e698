/**
 * Events: what happened inside, for whoever listens. The only file that may write to standard error.
 *
 * @module
 */

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
 * Delivers an event. A listener that throws doesn't disturb the request: its error goes to standard error.
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
  try {
    listener(event);
  } catch (error) {
    writeException({ ...event, name: "exception", message: "The onEvent listener threw", error });
    if (event.name === "exception") writeException(event);
  }
}

function writeException(event: AppEvent): void {
  const error = event.error instanceof Error ? Deno.inspect(event.error) : `Thrown: ${Deno.inspect(event.error)}`;
  const text = `${event.message}: ${event.method} ${event.path} (request ${event.requestId})\n${error}\n`;
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
}
