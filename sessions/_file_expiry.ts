import type { FileLocks } from "./_file_locks.ts";
import type { FileOwners } from "./_file_owners.ts";
import { type FilePaths, SHARD_REGEXP } from "./_file_paths.ts";
import type { FileRecords } from "./_file_records.ts";
import { namesIn, readIfThere, removeIfEmpty, removeIfThere } from "./_files.ts";
import { isAlive, KEY_REGEXP, newName, now } from "./_record.ts";
import type { ClearExpiredOptions } from "./store.ts";

/**
 * Knows what expires when, so that clearing looks at what is due and not at everything: in `.expiry/HOUR/SHARD` a line
 * `KEY DEADLINE` for each record. For every record there is a line whose deadline is not after its own. So a write adds a line only
 * for a new record or an earlier deadline; when a line is due and its record has been renewed, clearing adds the next one.
 *
 * Lines are added under the lock of the subdirectory, before the record is written: a crash can leave a line too many,
 * never one too few. A power failure can (lines are not waited for), and so can a backup that is taken meanwhile; therefore clearing goes through all
 * records once in thirty days, and whenever `.expiry/complete` is missing, adds a line for each, and puts the index by owner right.
 */
export class FileExpiry {
  readonly #paths: FilePaths;
  readonly #locks: FileLocks;
  readonly #records: FileRecords;
  readonly #owners: FileOwners;

  /**
   * Makes the view on a directory.
   *
   * @param paths Where everything lies in it.
   * @param locks Its locks.
   * @param records Its records.
   * @param owners Its index by owner.
   */
  constructor(paths: FilePaths, locks: FileLocks, records: FileRecords, owners: FileOwners) {
    this.#paths = paths;
    this.#locks = locks;
    this.#records = records;
    this.#owners = owners;
  }

  /**
   * Adds lines. Whoever calls it holds the lock of the keys' subdirectory.
   *
   * @param shard The subdirectory.
   * @param lines The keys, all in that subdirectory, with their deadlines.
   */
  async add(shard: string, lines: readonly Line[]): Promise<void> {
    for (const [hour, due] of Map.groupBy(lines, ({ deadline }) => hourOf(deadline))) {
      // The first line break ends a line that a full disk may have cut off.
      const text = due.map(({ key, deadline }) => `\n${key} ${deadline}\n`).join("");
      await append(`${this.#paths.expiry}/${hour}`, shard, text);
    }
  }

  /**
   * Removes what has expired.
   *
   * @param options Who is told how far it is.
   * @returns How many records were removed.
   */
  async clear({ onProgress }: ClearExpiredOptions = {}): Promise<number> {
    const tally: Tally = { removed: 0, onProgress };
    if (!await this.#isComplete()) await this.#goThroughAll(tally);
    for (const hour of await this.#hours()) {
      if (hour > hourOf(now())) continue;
      const directory = `${this.#paths.expiry}/${hour}`;
      for (const name of await namesIn(directory)) await this.#clearFile(directory, name, tally);
      if (hour < hourOf(now())) await removeIfEmpty(directory);
    }
    await this.#removeLeftovers();
    return tally.removed;
  }

  async #hours(): Promise<number[]> {
    return (await namesIn(this.#paths.expiry)).filter((name) => /^\d+$/.test(name)).map(Number);
  }

  async #clearFile(directory: string, name: string, tally: Tally): Promise<void> {
    const [shard = "", claim] = name.split(".");
    if (!SHARD_REGEXP.test(shard)) return;
    let path = `${directory}/${name}`;
    if (claim === undefined) {
      if (!(await readLines(path)).some(isDue)) return;
      // From here on others add to a new file, and this one is ours. A crash leaves it to the next run.
      const claimed = `${path}.${newName()}`;
      if (!await this.#locks.hold(shard, () => renameIfThere(path, claimed))) return;
      path = claimed;
    }
    const lines = await readLines(path);
    await this.#locks.hold(shard, () => this.add(shard, lines.filter((line) => !isDue(line))));
    const keys = new Set(lines.filter(isDue).map(({ key }) => key));
    await this.#removeDead(shard, [...keys], tally);
    await removeIfThere(path);
  }

  /** Removes those that have expired and puts the others on the index. */
  async #removeDead(shard: string, keys: readonly string[], tally: Tally): Promise<void> {
    for (let at = 0; at < keys.length; at += BATCH) {
      await this.#locks.hold(shard, async () => {
        const renewed: Line[] = [];
        for (const key of keys.slice(at, at + BATCH)) {
          const { removed: isRemoved, owner, deadline } = await this.#records.removeIfDead(key) ?? {};
          if (isRemoved) tally.removed++;
          if (deadline === undefined) await this.#owners.remove(owner, key);
          else {
            renewed.push({ key, deadline });
            // It is on the list already, but for what a power failure or a restored backup may have lost.
            await this.#owners.add(owner, key);
          }
        }
        await this.add(shard, renewed);
      });
      // Under no lock, lest others wait for whoever is told; should they throw, the index is right.
      tally.onProgress?.(tally.removed);
    }
  }

  async #goThroughAll(tally: Tally): Promise<void> {
    const marker = `${this.#paths.expiry}/complete`;
    await removeIfThere(marker);
    for (const shard of await namesIn(this.#paths.root)) {
      if (!SHARD_REGEXP.test(shard)) continue;
      const keys = (await namesIn(`${this.#paths.root}/${shard}`)).filter((name) => KEY_REGEXP.test(name));
      await this.#removeDead(shard, keys, tally);
    }
    await this.#owners.clear();
    await append(this.#paths.expiry, "complete", `${now()}\n`);
  }

  async #isComplete(): Promise<boolean> {
    const bytes = await readIfThere(`${this.#paths.expiry}/complete`);
    const age = now() - parseInt(new TextDecoder().decode(bytes));
    return age >= 0 && age < THIRTY_DAYS;
  }

  /** Removes the files that crashes have left half written. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await namesIn(this.#paths.temporary)) {
      const [, shard] = /^([\da-f]{2})-[\da-f-]{36}$/.exec(name) ?? [];
      // Whoever writes a draft holds this lock: with the lock in our hands it belongs to nobody.
      if (shard) await this.#locks.hold(shard, () => removeIfThere(`${this.#paths.temporary}/${name}`));
    }
  }
}

/** That a record may have expired at a certain time. */
export interface Line {
  /** The record's key. */
  readonly key: string;
  /** In milliseconds since the Unix epoch, not after the record's own deadline. */
  readonly deadline: number;
}

/** How many records clearing has removed so far, and who is told. */
interface Tally extends ClearExpiredOptions {
  removed: number;
}

/** How many records are looked at while a subdirectory is locked. */
const BATCH = 64;

const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1000;

function hourOf(deadline: number): number {
  return Math.floor(Math.min(Math.max(deadline, 0), Number.MAX_SAFE_INTEGER) / 3_600_000);
}

function isDue({ deadline }: Line): boolean {
  return !isAlive(deadline);
}

async function readLines(path: string): Promise<Line[]> {
  const text = new TextDecoder().decode(await readIfThere(path));
  return [...text.matchAll(/^([\w-]{43}) (\S+)$/gm)].map(([, key, deadline]) => ({
    key: key!,
    deadline: Number(deadline),
  }));
}

async function append(directory: string, name: string, text: string): Promise<void> {
  const options = { append: true, create: true, mode: 0o600 };
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.writeTextFile(`${directory}/${name}`, text, options);
    } catch (error) {
      // The directory is not there yet, or clearing has just removed it, empty.
      if (!(error instanceof Deno.errors.NotFound) || attempt === 10) throw error;
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    }
  }
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await Deno.rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
