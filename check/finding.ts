/**
 * What a check has to say.
 *
 * @module
 */

/**
 * How bad it is: an `"error"` doesn't work or isn't safe for anybody, a `"warning"` is unsafe or surprising on a site that visitors use, an `"info"` is worth a thought.
 */
export type FindingLevel = "error" | "warning" | "info";

/** What beginners see first, and ask about. `docs/checks.md` has a chapter for each. */
export type CommonProblem = "session doesn't stick" | "CSRF 403" | "message never or twice";

/** One thing that is not as it should be. */
export interface Finding {
  /** Names the rule: `security.hsts`. `docs/checks.md` lists them all. */
  readonly id: string;
  /** How bad it is. */
  readonly level: FindingLevel;
  /** What was found. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** The layer it is about, if it is about one. */
  readonly layer?: string;
  /** What Django's `check` calls it, if it has it. */
  readonly django?: readonly string[];
  /** The problems that visitors see because of it. */
  readonly problems?: readonly CommonProblem[];
  /** The events that tell of it at run time, for whoever listens; see `docs/events.md`. */
  readonly events?: readonly string[];
}
