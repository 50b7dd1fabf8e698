/**
 * Thrown by a store that finds a record under a key but can't make sense of it: a file that was cut off, a value that
 * somebody else wrote. Reading, updating and moving such a record throw this; deleting it works.
 *
 * It is not "missing": a store that answered so would hide a failing disk. Whoever prefers Django's way, where a damaged
 * session is an empty one, catches this error and goes on without the session.
 *
 * @example Telling damage from absence
 * ```ts
 * import { CorruptRecordError, KvStore } from "@nuages/web/sessions";
 * import { assertRejects } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const key = "k".repeat(43);
 * await kv.set(["nuages", "sessions", "record", key], "written by somebody else");
 *
 * await assertRejects(() => new KvStore(kv).read(key), CorruptRecordError);
 * ```
 */
export class CorruptRecordError extends Error {
  /** Where the record lies: the path of a file, or the name of a store. */
  readonly where: string;

  /**
   * Makes the error.
   *
   * @param where Where the record lies.
   * @param why What is wrong with it, for the message.
   * @param options What caused it, if another error did.
   */
  constructor(where: string, why: string, options?: ErrorOptions) {
    super(`Cannot read session record in ${where} as it is damaged: ${why}`, options);
    this.name = "CorruptRecordError";
    this.where = where;
  }
}
