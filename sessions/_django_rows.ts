import type { Outcome } from "./_backend.ts";
import type { DjangoPlace, DjangoRow } from "./_django_place.ts";
import { type DjangoStatements, djangoStatements } from "./_django_statements.ts";
import { isAlive, now } from "./_record.ts";
import { clearInBatches } from "./_sql_clearing.ts";
import { outcomeOf, rowsOf } from "./_sql_rows.ts";
import { SqlRunner } from "./_sql_runner.ts";
import { CLEARED_AT_ONCE, type Clearing } from "./_sql_statements.ts";
import { parseTable } from "./_sql_table.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { DjangoTime } from "./django_time.ts";
import type { SqlClient } from "./sql_client.ts";
import type { ClearExpiredOptions } from "./store.ts";

/**
 * Rows of Django's table, by the ids of sessions. It has no column for a version, so a row is changed only if its text is the one that was read.
 */
export class DjangoRows implements DjangoPlace {
  readonly #runner: SqlRunner;
  readonly #statements: DjangoStatements;
  readonly #table: string;

  /**
   * @param client The client.
   * @param table What the table is called.
   * @param time How its dates are written.
   */
  constructor(client: SqlClient, table: string, time: DjangoTime) {
    this.#runner = new SqlRunner(
      client,
      `Cannot use DjangoSessionStore as table ${table} is missing: let Django make it (python manage.py migrate sessions)`,
    );
    this.#statements = djangoStatements(client.dialect, parseTable(table, "DjangoSessionStore"), time);
    this.#table = table;
  }

  async read(id: string): Promise<DjangoRow | undefined> {
    const row = await this.#find(id);
    return row !== undefined && isAlive(row.expires) ? row : undefined;
  }

  async create(id: string, { text, expires }: DjangoRow): Promise<boolean> {
    const answer = await this.#runner.write(() => this.#statements.create(id, text, expires), text.length);
    return outcomeOf(answer).count > 0;
  }

  async update(id: string, { text, expires }: DjangoRow, seen: string): Promise<Outcome> {
    const make = () => this.#statements.update(id, text, expires, seen, now());
    if (outcomeOf(await this.#runner.write(make, text.length)).count > 0) return "written";
    const found = await this.read(id);
    if (found === undefined) return "gone";
    // MySQL may count only what is different now.
    return found.text === seen && seen === text ? "written" : "conflict";
  }

  async removeSeen(id: string, seen: string): Promise<Outcome> {
    const answer = await this.#runner.run(() => this.#statements.removeSeen(id, seen));
    if (outcomeOf(answer).count > 0) return "written";
    return await this.read(id) === undefined ? "gone" : "conflict";
  }

  async remove(id: string): Promise<void> {
    await this.#runner.run(() => this.#statements.remove(id));
  }

  /** Removes what has expired, and says how many rows that were. */
  async clearExpired(options?: ClearExpiredOptions): Promise<number> {
    const clearing: Clearing = {
      statement: (due) => this.#statements.clear(due),
      done: (answer) => {
        const { count } = outcomeOf(answer);
        return { removed: count, seen: count };
      },
    };
    return await clearInBatches(this.#runner, [clearing], CLEARED_AT_ONCE, options);
  }

  async #find(id: string): Promise<DjangoRow | undefined> {
    const [row] = rowsOf(await this.#runner.run(() => this.#statements.read(id)));
    if (row === undefined) return undefined;
    const [text, expires] = [row.data, this.#statements.expiresOf(row)];
    if (typeof text === "string" && Number.isFinite(expires)) return { text, expires };
    throw new CorruptRecordError(`table ${this.#table}`, "its row is none that Django writes");
  }
}
