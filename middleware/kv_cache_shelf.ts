/**
 * A list of what lies on one shelf of a KV cache.
 *
 * @module
 */

/** What is known of a record without reading it. */
export interface Kept {
  /** The digest of its key. */
  readonly name: string;
  /** How many bytes its data has. */
  readonly bytes: number;
  /** In how many chunks; 0 if it is in one piece. */
  readonly chunks: number;
  /** When it expires, in seconds since the Unix epoch. */
  readonly expires: number;
}

/** How much a shelf holds. */
export interface ShelfLimits {
  /** Records. */
  readonly entries: number;
  /** Bytes of data. */
  readonly bytes: number;
}

/**
 * Reads a list.
 *
 * @param value What lies in the database.
 * @returns The list, what was written first in front; empty for what is none.
 * @internal
 */
export function readShelf(value: unknown): readonly Kept[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Puts a record on a shelf. What has expired goes, then what was written first, until there is room; so much at most as one commit can delete. If there is still no room, the
 * record stays outside.
 *
 * @param shelf What lies there.
 * @param record What to add; one of the same name is replaced.
 * @param limits How much the shelf holds.
 * @param now The time, in seconds since the Unix epoch.
 * @returns What lies there then, and what went.
 * @internal
 */
export function addToShelf(
  shelf: readonly Kept[],
  record: Kept,
  limits: ShelfLimits,
  now: number,
): { readonly shelf: Kept[]; readonly gone: Kept[] } {
  const stays: Kept[] = [];
  const gone: Kept[] = [];
  let keys = 0;
  const remove = (kept: Kept): void => {
    keys += 1 + kept.chunks;
    gone.push(kept);
  };
  for (const kept of shelf) {
    if (kept.name === record.name || kept.expires <= now && keys < MOST_KEYS) remove(kept);
    else stays.push(kept);
  }
  let bytes = record.bytes + stays.reduce((sum, kept) => sum + kept.bytes, 0);
  let first = 0;
  while (first < stays.length && keys < MOST_KEYS) {
    if (stays.length - first < limits.entries && bytes <= limits.bytes) break;
    const oldest = stays[first++]!;
    bytes -= oldest.bytes;
    remove(oldest);
  }
  const left = stays.slice(first);
  const fits = left.length < limits.entries && bytes <= limits.bytes;
  return { shelf: fits ? [...left, record] : left, gone };
}

/** Deno KV takes 1000 changes in one commit. */
const MOST_KEYS = 500;
