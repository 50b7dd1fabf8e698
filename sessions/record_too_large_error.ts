/**
 * Thrown by a store when a session has grown beyond what the store can keep. Nothing was written: what the store had
 * before is as it was.
 *
 * @example A session that is too large for Deno KV
 * ```ts
 * import { KvStore, RecordTooLargeError } from "@nuages/web/sessions";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const record = { data: "x".repeat(1_000_000), expires: Date.now() + 60_000 };
 *
 * const error = await assertRejects(() => new KvStore(kv).create("k".repeat(43), record), RecordTooLargeError);
 * assertEquals([error.bytes, error.limit], [1_000_000, 800_000]);
 * ```
 */
export class RecordTooLargeError extends RangeError {
  /** How large the session is, in bytes of UTF-8. */
  readonly bytes: number;
  /** How large it may be, in bytes. */
  readonly limit: number;

  /**
   * Makes the error.
   *
   * @param store The store that refuses, for the message.
   * @param bytes How large the session is, in bytes of UTF-8.
   * @param limit How large it may be, in bytes.
   * @param options What caused it, if another error did.
   */
  constructor(store: string, bytes: number, limit: number, options?: ErrorOptions) {
    super(
      `Cannot keep session in ${store} as it must have at most ${limit} bytes: received ${bytes} ` +
        "(keep large data elsewhere and only its name in the session, or choose a store that takes more: " +
        "KvStore up to 800 000 bytes, SqlStore and RedisStore up to their option maxBytes, which can be raised, " +
        "FileStore and MemoryStore without such a limit)",
      options,
    );
    this.name = "RecordTooLargeError";
    this.bytes = bytes;
    this.limit = limit;
  }
}
