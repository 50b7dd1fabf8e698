import { isAlive } from "./_record.ts";
import type { FoundEntry, RedisOwners } from "./_redis_owners.ts";
import { entryOf } from "./_redis_record.ts";
import type { OwnedSession, StoredSession } from "./store.ts";

/**
 * Lists the living records of an owner.
 *
 * Entries and records can't be read in one step. A session that gets another key meanwhile has an entry there before it loses this one: so what isn't there, or is
 * somebody else's, is looked at again until nothing has changed.
 *
 * @param owner The owner.
 * @param owners The indexes.
 * @param read Reads a record where it is written.
 * @returns The records.
 */
export async function listRecords(
  owner: string,
  owners: RedisOwners,
  read: (key: string) => Promise<StoredSession | undefined>,
): Promise<OwnedSession[]> {
  const records = new Map<string, StoredSession | undefined>();
  const isTheirs = (key: string) => records.get(key)?.owner === owner;
  for (let hasChanged = true; hasChanged;) {
    const entries = await owners.find(owner);
    const keys = [...new Set(entries.map(({ key }) => key))].filter((key) => !isTheirs(key));
    hasChanged = await readInto(records, keys, read) && !keys.every(isTheirs);
    // Of what has expired by our clock too, since another process may renew it by its own.
    const isUsed = ({ key, mark }: FoundEntry) => entryOf(records.get(key)?.version)?.mark === mark;
    await owners.leave(owner, entries.filter((entry) => entry.isSettled && !isUsed(entry)));
  }
  return [...records].flatMap(([key, stored]) => {
    return stored?.owner === owner && isAlive(stored.expires) ? [{ ...stored, key }] : [];
  });
}

/** Reads records, and says whether one of them is new, or not what it was. */
async function readInto(
  records: Map<string, StoredSession | undefined>,
  keys: readonly string[],
  read: (key: string) => Promise<StoredSession | undefined>,
): Promise<boolean> {
  let isNew = false;
  for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
    await Promise.all(
      keys.slice(at, at + READ_AT_ONCE).map(async (key) => {
        const stored = await read(key);
        isNew ||= !records.has(key) || records.get(key)?.version !== stored?.version;
        records.set(key, stored);
      }),
    );
  }
  return isNew;
}

const READ_AT_ONCE = 100;
