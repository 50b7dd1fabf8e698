import { attempt, type Awaitable, isPromiseLike } from "../middleware/awaitable.ts";
import type { Statement } from "./_sql_statements.ts";
import { isContention, isMissingTable } from "./_sql_errors.ts";
import { pause, whileContended } from "./_sql_retry.ts";
import { rowsOf } from "./_sql_rows.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import type { SqlAnswer, SqlClient } from "./sql_client.ts";

/** Makes a statement: again for each attempt, so that it is up to date with the clock. */
export type MakeStatement = () => Statement;

/** Runs statements for a store, and makes something of the errors that can be said better. */
export class SqlRunner {
  readonly #client: SqlClient;
  readonly #missing: string;

  /**
   * Makes a runner.
   *
   * @param client The client.
   * @param missing What to say where the table is missing.
   */
  constructor(client: SqlClient, missing: string) {
    this.#client = client;
    this.#missing = missing;
  }

  /**
   * Runs a statement, again while it gives way to others.
   *
   * @param make Makes the statement.
   * @returns What the database answers; at once, if the client answers at once.
   * @throws {Error} What the client throws; with a word about what to do if the table is missing.
   */
  run(make: MakeStatement): Awaitable<SqlAnswer> {
    return attempt(() => this.#ask(make), (error) => {
      if (isContention(error)) return whileContended(() => this.#client.query(...make()));
      throw isMissingTable(error) ? new Error(this.#missing, { cause: error }) : error;
    });
  }

  /**
   * Runs a statement that carries a record.
   *
   * @param make Makes the statement.
   * @param bytes How large the record's text is.
   * @returns What the database answers; at once, if the client answers at once.
   * @throws {RecordTooLargeError} If the record is what `max_allowed_packet` of MySQL or MariaDB forbids.
   * @throws {Error} Whatever else {@linkcode SqlRunner.run} throws.
   */
  write(make: MakeStatement, bytes: number): Awaitable<SqlAnswer> {
    if (this.#client.dialect !== "mysql" || bytes < SMALLEST_LIMIT) return this.run(make);
    return attempt(() => this.run(make), async (error) => {
      if (isContention(error)) throw error;
      // A server that gets too large a packet closes the connection, and what the client makes of that can't be foreseen.
      const limit = await this.#packetLimit().catch(() => Infinity);
      if (bytes <= limit) throw error;
      throw new RecordTooLargeError("MySQL or MariaDB (max_allowed_packet)", bytes, limit, { cause: error });
    });
  }

  #ask(make: MakeStatement): Awaitable<SqlAnswer> {
    const answer = this.#client.query(...make());
    return isPromiseLike(answer) ? Promise.resolve(answer) : answer;
  }

  async #packetLimit(): Promise<number> {
    for (let attempt = 1;; attempt++) {
      try {
        const [row] = rowsOf(await this.#client.query("SELECT @@max_allowed_packet AS bytes", []));
        return Number(row!.bytes) - AROUND_THE_TEXT;
      } catch (error) {
        if (attempt === LIMIT_ATTEMPTS) throw error;
        // A pool may hand out the connection that was just closed, until it has noticed.
        await pause(attempt * 10);
      }
    }
  }
}

/** What a statement has beside the record's text at most, in bytes. */
const AROUND_THE_TEXT = 1024;

/** In bytes: nobody makes the limit smaller than that, so that a server which is down is not asked for it at each failure. */
const SMALLEST_LIMIT = 100_000;

const LIMIT_ATTEMPTS = 6;
