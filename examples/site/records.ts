/** What the shop itself writes down: accounts and letters. Sessions are not its business, they have a store of their own. */

/** Names a record: the drawer it lies in, and its place there. */
export type RecordKey = readonly [drawer: string, place: string];

/** A change of a record. */
export interface RecordChange {
  readonly key: RecordKey;
  readonly value: unknown;
  /** What must be there now; left out if there must be nothing yet. */
  readonly previous?: { readonly version: string };
}

/** A record as it was read. */
export interface FoundRecord {
  readonly value: unknown;
  /** Differs after every change. */
  readonly version: string;
}

/** A place for records. */
export interface Records {
  /** Reads one; `undefined` if there is none. */
  read(key: RecordKey): Promise<FoundRecord | undefined>;
  /** Writes all of these, or none, if one of them is not as its change expects; says which. */
  write(changes: readonly RecordChange[]): Promise<boolean>;
  /** The last records of a drawer by their places, the last one first. */
  latest(drawer: string, limit: number): Promise<unknown[]>;
}

/** Records in Deno KV. */
export class KvRecords implements Records {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async read(key: RecordKey): Promise<FoundRecord | undefined> {
    const { value, versionstamp } = await this.#kv.get(fullKey(key));
    return versionstamp === null ? undefined : { value, version: versionstamp };
  }

  async write(changes: readonly RecordChange[]): Promise<boolean> {
    const atomic = this.#kv.atomic();
    for (const { key, value, previous } of changes) {
      atomic.check({ key: fullKey(key), versionstamp: previous?.version ?? null }).set(fullKey(key), value);
    }
    return (await atomic.commit()).ok;
  }

  async latest(drawer: string, limit: number): Promise<unknown[]> {
    const entries = this.#kv.list({ prefix: ["shop", drawer] }, { limit, reverse: true });
    return await Array.fromAsync(entries, ({ value }) => value);
  }
}

/** A store of sessions may be in the same database. */
function fullKey(key: RecordKey): Deno.KvKey {
  return ["shop", ...key];
}

/** Records in memory, for a shop that forgets everything when it closes. */
export class MemoryRecords implements Records {
  readonly #drawers = new Map<string, Map<string, FoundRecord>>();
  #version = 0;

  read([drawer, place]: RecordKey): Promise<FoundRecord | undefined> {
    return Promise.resolve(this.#drawers.get(drawer)?.get(place));
  }

  write(changes: readonly RecordChange[]): Promise<boolean> {
    const isAsExpected = changes.every(({ key: [drawer, place], previous }) => {
      return this.#drawers.get(drawer)?.get(place)?.version === previous?.version;
    });
    if (!isAsExpected) return Promise.resolve(false);
    for (const { key: [drawer, place], value } of changes) {
      if (!this.#drawers.has(drawer)) this.#drawers.set(drawer, new Map());
      this.#drawers.get(drawer)!.set(place, { value, version: String(++this.#version) });
    }
    return Promise.resolve(true);
  }

  latest(drawer: string, limit: number): Promise<unknown[]> {
    const records = [...this.#drawers.get(drawer) ?? []].sort(([a], [b]) => a < b ? 1 : -1);
    return Promise.resolve(records.slice(0, limit).map(([, { value }]) => value));
  }
}
