/** Stores with one mistake each: an honest one in memory, and what somebody might get wrong in theirs. */

import { MemoryStore } from "../../sessions/memory_store.ts";
import type { OwnedSession, SessionRecord, SessionStore, StoredSession, WriteResult } from "../../sessions/store.ts";
import type { StoreTestOptions, StoreUnderTest } from "../../testing/store_test_options.ts";

/** A store with a mistake. */
export interface Mutant {
  /** The mistake. */
  readonly mistake: string;
  /** A sentence of the contract that it breaks. */
  readonly breaks: string;
  /** Makes the store. */
  make(): StoreUnderTest;
  /** What has to be said about the store. */
  readonly options?: StoreTestOptions;
}

type Read = Promise<StoredSession | undefined>;
type Created = Promise<string | undefined>;
type Written = Promise<WriteResult>;
type Listed = Promise<OwnedSession[]>;

const HOUR = 3_600_000;

/** Does nothing for a moment, in which others do something. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

function mutant(mistake: string, breaks: string, store: new () => SessionStore, options?: StoreTestOptions): Mutant {
  return { mistake, breaks, make: () => ({ store: new store() }), ...(options && { options }) };
}

/** Changes every text on its way in. */
function changing(change: (text: string) => string): new () => SessionStore {
  return class extends MemoryStore {
    override create(key: string, record: SessionRecord): Created {
      return super.create(key, { ...record, data: change(record.data) });
    }
    override update(key: string, record: SessionRecord, version: string): Written {
      return super.update(key, { ...record, data: change(record.data) }, version);
    }
  };
}

/** Clears by a list of its own. */
class Clearing extends MemoryStore {
  readonly #deadlines = new Map<string, number>();
  override create(key: string, record: SessionRecord): Created {
    this.#deadlines.set(key, record.expires);
    return super.create(key, record);
  }
  async clear(due: number, atMost: number): Promise<number> {
    const cleared = [...this.#deadlines].filter(([, deadline]) => deadline <= due).slice(0, atMost);
    for (const [key] of cleared) await super.delete(key);
    for (const [key] of cleared) this.#deadlines.delete(key);
    return cleared.length;
  }
}

/** Uses other keys and owners than it was given. */
function naming(keyOf: (key: string) => string, ownerOf: (owner: string) => string): new () => SessionStore {
  const owned = (record: SessionRecord) =>
    record.owner ? { ...record, owner: ownerOf(record.owner).padEnd(43, "x") } : record;
  const named = (key: string) => keyOf(key).padEnd(43, "x");
  return class extends MemoryStore {
    override async read(key: string): Read {
      return await super.read(named(key));
    }
    override create(key: string, record: SessionRecord): Created {
      return super.create(named(key), owned(record));
    }
    override update(key: string, record: SessionRecord, version: string): Written {
      return super.update(named(key), owned(record), version);
    }
    override delete(key: string): Promise<void> {
      return super.delete(named(key));
    }
    override list(owner: string): Listed {
      return super.list(ownerOf(owner).padEnd(43, "x"));
    }
  };
}

const same = (text: string) => text;

/** Keeps records an hour longer than it should, and one of its methods doesn't look at their deadlines. */
function undying(blind: "read" | "update" | "create" | "list"): new () => SessionStore {
  const longer = (record: SessionRecord) => ({ ...record, expires: record.expires + HOUR });
  return class extends MemoryStore {
    override async read(key: string): Read {
      const stored = await this.#read(key);
      return stored && (blind === "read" || stored.expires > Date.now()) ? stored : undefined;
    }
    override async create(key: string, record: SessionRecord): Created {
      if (blind !== "create" && !await this.#lives(key)) await super.delete(key);
      return await super.create(key, longer(record));
    }
    override async update(key: string, record: SessionRecord, version: string): Written {
      if (blind !== "update" && !await this.#lives(key)) return { status: "gone" };
      return await super.update(key, longer(record), version);
    }
    override async list(owner: string): Listed {
      const listed = (await super.list(owner)).map((stored) => ({ ...stored, expires: stored.expires - HOUR }));
      return blind === "list" ? listed : listed.filter(({ expires }) => expires > Date.now());
    }
    async #read(key: string): Read {
      const stored = await super.read(key);
      return stored && { ...stored, expires: stored.expires - HOUR };
    }
    async #lives(key: string): Promise<boolean> {
      return ((await this.#read(key))?.expires ?? 0) > Date.now();
    }
  };
}

/** Makes its versions as it likes; nothing else is wrong with them. */
function versioning(make: (key: string, record: SessionRecord, count: number) => string): new () => SessionStore {
  return class extends MemoryStore {
    readonly #real = new Map<string, string>();
    readonly #shown = new Map<string, string>();
    readonly #counts = new Map<string, number>();
    override async read(key: string): Read {
      const stored = await super.read(key);
      return stored && { ...stored, version: this.#shown.get(key)! };
    }
    override async create(key: string, record: SessionRecord): Created {
      const version = await super.create(key, record);
      if (version === undefined) return undefined;
      this.#counts.set(key, 0);
      return this.#show(key, record, version);
    }
    override async update(key: string, record: SessionRecord, version: string): Written {
      const named = version === this.#shown.get(key) ? this.#real.get(key)! : "another";
      const result = await super.update(key, record, named);
      return result.status === "written" ? { ...result, version: this.#show(key, record, result.version) } : result;
    }
    override async list(owner: string): Listed {
      return (await super.list(owner)).map((stored) => ({ ...stored, version: this.#shown.get(stored.key)! }));
    }
    #show(key: string, record: SessionRecord, real: string): string {
      const count = this.#counts.get(key)! + 1;
      this.#counts.set(key, count);
      this.#real.set(key, real);
      this.#shown.set(key, make(key, record, count));
      return this.#shown.get(key)!;
    }
  };
}

/** What the handles of a store that takes its time have in common. */
class Shared {
  readonly store = new MemoryStore();
}

/** Looks, and a moment later does what was right then, in one of its methods. */
class Hasty extends MemoryStore {
  readonly #in: "create" | "update" | "delete";
  constructor(method: "create" | "update" | "delete") {
    super();
    this.#in = method;
  }
  override async create(key: string, record: SessionRecord): Created {
    if (this.#in !== "create") return await super.create(key, record);
    if (await super.read(key)) return undefined;
    await pause();
    await super.delete(key);
    return await super.create(key, record);
  }
  override async update(key: string, record: SessionRecord, version: string): Written {
    if (this.#in === "create") return await super.update(key, record, version);
    const stored = await super.read(key);
    if (!stored) return { status: "gone" };
    if (stored.version !== version) return { status: "conflict" };
    await pause();
    const now = await super.read(key);
    if (now) return await super.update(key, record, this.#in === "update" ? now.version : version);
    if (this.#in !== "delete") return { status: "gone" };
    return { status: "written", version: (await super.create(key, record))! };
  }
}

/** Is careful, but only within its own handle: it knows nothing of the others. */
class Locked implements SessionStore {
  readonly #shared: MemoryStore;
  #queue: Promise<unknown> = Promise.resolve();
  constructor({ store }: Shared) {
    this.#shared = store;
  }
  async read(key: string): Read {
    return await this.#shared.read(key);
  }
  create(key: string, record: SessionRecord): Created {
    return this.#alone(async () => {
      if (await this.#shared.read(key)) return undefined;
      await pause();
      await this.#shared.delete(key);
      return await this.#shared.create(key, record);
    });
  }
  update(key: string, record: SessionRecord, version: string): Written {
    return this.#alone(async () => {
      const stored = await this.#shared.read(key);
      if (stored?.version !== version) return await this.#shared.update(key, record, version);
      await pause();
      const now = await this.#shared.read(key);
      return await this.#shared.update(key, record, now?.version ?? version);
    });
  }
  delete(key: string): Promise<void> {
    return this.#alone(() => this.#shared.delete(key));
  }
  list(owner: string): Listed {
    return this.#shared.list(owner);
  }
  clearExpired(): Promise<number> {
    return this.#shared.clearExpired();
  }
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}

/** A handle that remembers what it has read. */
class Remembering extends Locked {
  readonly #known = new Map<string, StoredSession>();
  readonly #heeds: boolean;
  constructor(shared: Shared, heedsFresh: boolean) {
    super(shared);
    this.#heeds = heedsFresh;
  }
  override async read(key: string, options: { fresh?: boolean } = {}): Read {
    const known = this.#known.get(key);
    if (known && !(options.fresh && this.#heeds)) return known;
    const stored = await super.read(key);
    if (stored) this.#known.set(key, stored);
    else this.#known.delete(key);
    return stored;
  }
}

const small = { maxBytes: 100_000 };

/** Keeps at most 100 000 bytes, and does something with what is larger. */
function narrow(
  onLarge: (store: MemoryStore, key: string, record: SessionRecord) => Promise<never>,
): new () => SessionStore {
  const isLarge = ({ data }: SessionRecord) => new TextEncoder().encode(data).length > small.maxBytes;
  return class extends MemoryStore {
    override create(key: string, record: SessionRecord): Created {
      return isLarge(record) ? onLarge(this, key, record) : super.create(key, record);
    }
    override update(key: string, record: SessionRecord, version: string): Written {
      return isLarge(record) ? onLarge(this, key, record) : super.update(key, record, version);
    }
  };
}

function refuse(): never {
  throw new Error("Cannot keep this session as it is too large");
}

/** A store whose database is down, with one method that doesn't say so. */
function down(
  silent: keyof SessionStore,
  answer: unknown,
  error: (record?: SessionRecord) => unknown = lost,
): StoreTestOptions {
  const fail = (method: keyof SessionStore, record?: SessionRecord) =>
    // deno-lint-ignore no-explicit-any -- any answer of any method
    method === silent && answer !== THROWN ? Promise.resolve(answer) as Promise<any> : Promise.reject(error(record));
  return {
    makeBroken: () => ({
      store: {
        read: () => fail("read"),
        create: (_key, record) => fail("create", record),
        update: (_key, record) => fail("update", record),
        delete: () => fail("delete"),
        list: () => fail("list"),
        clearExpired: () => fail("clearExpired"),
      },
    }),
  };
}

const THROWN = Symbol("thrown");
const lost = () => new Error("connection lost");

/** An honest store that is down in the given way. */
function faulty(mistake: string, method: string, options: StoreTestOptions): Mutant {
  const breaks = `${method} of a store that is down throws, and says nothing of what is in a session`;
  return { mistake, breaks, make: () => ({ store: new MemoryStore() }), options };
}

/** Every mutant. */
export const MUTANTS: readonly Mutant[] = [
  // What read() gives.
  mutant(
    "serves somebody a record that isn't there",
    "read() of a missing record gives undefined",
    class extends MemoryStore {
      override async read(key: string): Read {
        return await super.read(key) ?? { data: "{}", expires: Date.now() + HOUR, version: "0" };
      }
    },
  ),
  mutant(
    "keeps deadlines in seconds",
    "a deadline comes back as it was given",
    class extends MemoryStore {
      override async read(key: string): Read {
        const stored = await super.read(key);
        return stored && { ...stored, expires: Math.ceil(stored.expires / 1000) * 1000 };
      }
    },
  ),
  mutant(
    "gives a record without its owner",
    "read() gives back text, deadline, owner and version",
    class extends MemoryStore {
      override async read(key: string): Read {
        const stored = await super.read(key);
        return stored && { ...stored, owner: undefined };
      }
    },
  ),
  mutant(
    "keys in lower case",
    "keys that differ in case only are different keys",
    naming((key) => key.toLowerCase(), same),
  ),
  mutant(
    "keys cut off",
    "a record is found under its key and under nothing like it",
    naming((key) => key.slice(0, 42), same),
  ),
  mutant(
    "keys as patterns",
    "keys may hold - and _, which mean something to some databases",
    class extends MemoryStore {
      readonly #keys = new Set<string>();
      override create(key: string, record: SessionRecord): Created {
        this.#keys.add(key);
        return super.create(key, record);
      }
      override async read(key: string): Read {
        const pattern = new RegExp(`^${key.replaceAll("_", ".")}$`);
        return await super.read([...this.#keys].find((known) => pattern.test(known)) ?? key);
      }
    },
  ),
  mutant(
    "deletes by pattern",
    "keys may hold - and _, which mean something to some databases",
    class extends MemoryStore {
      readonly #keys = new Set<string>();
      override create(key: string, record: SessionRecord): Created {
        this.#keys.add(key);
        return super.create(key, record);
      }
      override async delete(key: string): Promise<void> {
        const pattern = new RegExp(`^${key.replaceAll("_", ".")}$`);
        for (const known of this.#keys) if (pattern.test(known)) await super.delete(known);
      }
    },
  ),
  mutant(
    "gives its own object",
    "what read() and list() gave is the reader's own",
    class extends MemoryStore {
      readonly #given = new Map<string, StoredSession>();
      override async read(key: string): Read {
        const stored = await super.read(key);
        const given = this.#given.get(`${key} ${stored?.version}`);
        if (stored && !given) this.#given.set(`${key} ${stored.version}`, stored);
        return stored && (given ?? stored);
      }
    },
  ),
  mutant(
    "keeps the object that it was given",
    "what was written is not changed with the object that was given",
    class extends MemoryStore {
      readonly #given = new Map<string, SessionRecord>();
      override create(key: string, record: SessionRecord): Created {
        this.#given.set(key, record);
        return super.create(key, record);
      }
      override async read(key: string): Read {
        const stored = await super.read(key);
        return stored && { ...stored, data: this.#given.get(key)?.data ?? stored.data };
      }
    },
  ),
  mutant(
    "mixes what is written at once",
    "records of many keys don't mix",
    class extends MemoryStore {
      #latest: SessionRecord | undefined;
      override async create(key: string, record: SessionRecord): Created {
        this.#latest = record;
        await pause();
        return await super.create(key, { ...this.#latest, expires: record.expires });
      }
    },
  ),
  {
    mistake: "remembers what it has read",
    breaks: "read() sees what another handle wrote, at once",
    make() {
      const shared = new Shared();
      return { store: new Remembering(shared, true), other: new Remembering(shared, true) };
    },
  },
  {
    mistake: "remembers what it has read, also where it must be fresh",
    breaks: "read() that must be fresh sees every write of another handle",
    make() {
      const shared = new Shared();
      return { store: new Remembering(shared, false), other: new Remembering(shared, false) };
    },
    options: { copies: true },
  },

  // Writing.
  mutant(
    "overwrites on create",
    "create() never overwrites",
    class extends MemoryStore {
      override async create(key: string, record: SessionRecord): Created {
        await super.delete(key);
        return await super.create(key, record);
      }
    },
  ),
  mutant(
    "never lets a key be used again",
    "create() over a deleted record makes a new one",
    class extends MemoryStore {
      readonly #used = new Set<string>();
      override async create(key: string, record: SessionRecord): Created {
        if (this.#used.has(key)) return undefined;
        this.#used.add(key);
        return await super.create(key, record);
      }
    },
  ),
  mutant(
    "keeps the owner of a deleted record for the next one",
    "create() over a deleted record makes a new one",
    class extends MemoryStore {
      readonly #owners = new Map<string, string | undefined>();
      override create(key: string, record: SessionRecord): Created {
        const owner = record.owner ?? this.#owners.get(key);
        this.#owners.set(key, owner);
        return super.create(key, { ...record, owner });
      }
    },
  ),
  mutant(
    "keeps the old text",
    "update() replaces the record that was read",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const { data = record.data } = await super.read(key) ?? {};
        return await super.update(key, { ...record, data }, version);
      }
    },
  ),
  mutant(
    "gives the old version after a write",
    "update() gives a version that the next update() can name",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const result = await super.update(key, record, version);
        return result.status === "written" ? { ...result, version } : result;
      }
    },
  ),
  mutant(
    "upserts on update",
    "update() never creates",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const result = await super.update(key, record, version);
        if (result.status !== "gone") return result;
        return { status: "written", version: (await super.create(key, record))! };
      }
    },
  ),
  mutant(
    "revives the deleted",
    "update() of a deleted record says gone, and it stays deleted",
    class extends MemoryStore {
      readonly #deleted = new Set<string>();
      override delete(key: string): Promise<void> {
        this.#deleted.add(key);
        return super.delete(key);
      }
      override async update(key: string, record: SessionRecord, version: string): Written {
        if (!this.#deleted.has(key) || await super.read(key)) return await super.update(key, record, version);
        return { status: "written", version: (await super.create(key, record))! };
      }
    },
  ),
  mutant(
    "skips the version check",
    "update() of a changed record says conflict, and changes nothing",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        return await super.update(key, record, (await super.read(key))?.version ?? version);
      }
    },
  ),
  mutant(
    "calls every refusal gone",
    "update() of a changed record says conflict, and changes nothing",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const result = await super.update(key, record, version);
        return result.status === "conflict" ? { status: "gone" } : result;
      }
    },
  ),
  mutant(
    "calls every refusal a conflict",
    "an expired record is not updated: it is gone",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const result = await super.update(key, record, version);
        return result.status === "gone" ? { status: "conflict" } : result;
      }
    },
  ),
  mutant(
    "takes versions for numbers",
    "update() with a version it never gave says conflict or gone",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        if (Number.isNaN(Number(version))) throw new SyntaxError("a version must be a number");
        return await super.update(key, record, version);
      }
    },
  ),
  mutant(
    "counts the versions of each record",
    "update() with the version of another record says conflict",
    versioning((_key, _record, count) => String(count)),
  ),
  mutant(
    "counts versions from one again after a delete",
    "a version never comes back",
    versioning((key, _record, count) => `${key}/${count}`),
  ),
  mutant(
    "hashes the text for a version",
    "update() with the same text is a new version all the same",
    versioning((key, { data }) => `${key}/${data}`),
  ),
  mutant(
    "throws for a delete of nothing",
    "delete() ends a record, and may be repeated",
    class extends MemoryStore {
      override async delete(key: string): Promise<void> {
        if (!await super.read(key)) throw new Error("there is no such record");
        await super.delete(key);
      }
    },
  ),
  mutant(
    "deletes everything",
    "delete() leaves other records alone",
    class extends MemoryStore {
      readonly #keys = new Set<string>();
      override create(key: string, record: SessionRecord): Created {
        this.#keys.add(key);
        return super.create(key, record);
      }
      override async delete(): Promise<void> {
        for (const key of this.#keys) await super.delete(key);
      }
    },
  ),

  // Expiry.
  mutant("serves the expired", "an expired record is not served, from its deadline on", undying("read")),
  mutant("updates the expired", "an expired record is not updated: it is gone", undying("update")),
  mutant(
    "lets the expired stand in the way",
    "an expired record does not block create(), and its version means nothing",
    undying("create"),
  ),
  mutant("lists the expired", "what has expired is on no list, and what was renewed stays", undying("list")),
  mutant(
    "never prolongs a life",
    "update() makes a life longer",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const { expires = Infinity } = await super.read(key) ?? {};
        return await super.update(key, { ...record, expires: Math.min(record.expires, expires) }, version);
      }
    },
  ),
  mutant(
    "never shortens a life",
    "update() makes a life shorter",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const { expires = -Infinity } = await super.read(key) ?? {};
        return await super.update(key, { ...record, expires: Math.max(record.expires, expires) }, version);
      }
    },
  ),
  mutant(
    "throws for a delete of what has expired",
    "delete() of an expired record is no error",
    class extends MemoryStore {
      readonly #deadlines = new Map<string, number>();
      override create(key: string, record: SessionRecord): Created {
        this.#deadlines.set(key, record.expires);
        return super.create(key, record);
      }
      override async delete(key: string): Promise<void> {
        if (this.#deadlines.get(key)! <= Date.now()) throw new Error("it has expired");
        await super.delete(key);
      }
    },
  ),
  mutant(
    "takes a deadline in the past for none",
    "a deadline that has passed already makes a record that never was",
    class extends MemoryStore {
      override create(key: string, record: SessionRecord): Created {
        return super.create(key, record.expires > Date.now() ? record : { ...record, expires: Date.now() + HOUR });
      }
    },
  ),

  // Texts.
  mutant("takes an empty text for none", "an empty text comes back", changing((text) => text || "{}")),
  mutant(
    "keeps one byte for a character",
    "every character comes back",
    changing((text) => text.replace(/[^\0-\xff]/g, "?")),
  ),
  mutant(
    "keeps the first plane only",
    "every character comes back",
    changing((text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, "\ufffd")),
  ),
  ...([
    ["normalizes texts", (text) => text.normalize("NFC")],
    ["takes a byte order mark away", (text) => text.replace(/^\u{feff}/u, "")],
    ["ends texts at NUL", (text) => text.split("\0")[0]!],
    ["trims texts", (text) => text.trim()],
    ["changes line breaks", (text) => text.replaceAll("\r\n", "\n")],
    ["reads texts as JSON", (text) => {
      try {
        return JSON.stringify(JSON.parse(text));
      } catch {
        return text;
      }
    }],
  ] satisfies [string, (text: string) => string][]).map(([mistake, change]) =>
    mutant(mistake, "what decoders and files like to change comes back", changing(change))
  ),
  mutant(
    "mends lone surrogates",
    "a lone surrogate is refused with a TypeError, or comes back",
    changing((text) => text.toWellFormed()),
  ),
  mutant(
    "cuts texts off at 64 KiB",
    "a text of any size that the store takes comes back",
    changing((text) => text.slice(0, 65_536)),
  ),
  mutant(
    "loses a chunk of a large record",
    "a text of any size that the store takes comes back",
    changing((text) => text.slice(0, 64_000) + text.slice(128_000)),
  ),
  mutant(
    "puts chunks in the order of their names",
    "a text of any size that the store takes comes back",
    changing((text) => {
      const chunks = text.match(/[^]{1,32000}/g) ?? [];
      return chunks.map((chunk, index) => ({ chunk, index: String(index) })).sort((a, b) => a.index < b.index ? -1 : 1)
        .map(({ chunk }) => chunk).join("");
    }),
  ),
  mutant(
    "cuts characters apart between chunks",
    "a large text in any language comes back",
    changing((text) => {
      const bytes = new TextEncoder().encode(text);
      let mended = "";
      for (let at = 0; at < bytes.length; at += 64_000) {
        mended += new TextDecoder().decode(bytes.subarray(at, at + 64_000));
      }
      return text.length > 60_000 ? mended : text;
    }),
  ),
  mutant(
    "leaves old chunks behind a text that has shrunk",
    "a text may grow large and small again",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const { data = "" } = await super.read(key) ?? {};
        const rest = data.length > 65_536 && record.data.length < data.length ? data.slice(65_536) : "";
        return await super.update(key, { ...record, data: record.data + rest }, version);
      }
    },
  ),
  mutant(
    "takes more than it says",
    "a text that is too large is refused with an error, and nothing is changed",
    MemoryStore,
    small,
  ),
  mutant(
    "loses the record when the new text is too large",
    "a text that is too large is refused with an error, and nothing is changed",
    narrow(async (store, key) => {
      await store.delete(key);
      refuse();
    }),
    small,
  ),
  mutant(
    "creates a part of what is too large",
    "a text that is too large is refused with an error, and nothing is changed",
    narrow(async (store, key, record) => {
      await store.create(key, { ...record, data: "a part" });
      refuse();
    }),
    small,
  ),

  // Owners.
  mutant(
    "lists everybody's records",
    "list() of an owner without records gives nothing",
    class extends MemoryStore {
      readonly #owners = new Set<string>();
      override create(key: string, record: SessionRecord): Created {
        if (record.owner) this.#owners.add(record.owner);
        return super.create(key, record);
      }
      override async list(): Listed {
        return (await Promise.all([...this.#owners].map((owner) => super.list(owner)))).flat();
      }
    },
  ),
  mutant(
    "owners in lower case",
    "owners that differ in case only are different owners",
    naming(same, (owner) => owner.toLowerCase()),
  ),
  mutant("owners cut off", "an owner is found by all of its name", naming(same, (owner) => owner.slice(0, 40))),
  mutant(
    "lists large records without their text",
    "list() gives an owner's records as read() does, with their keys",
    class extends MemoryStore {
      override async list(owner: string): Listed {
        return (await super.list(owner)).map((stored) => ({ ...stored, data: stored.data.slice(0, 65_536) }));
      }
    },
  ),
  mutant(
    "indexes on create only",
    "update() gives a record to somebody, to somebody else, and to nobody",
    class extends MemoryStore {
      readonly #owners = new Map<string, string | undefined>();
      override create(key: string, record: SessionRecord): Created {
        this.#owners.set(key, record.owner);
        return super.create(key, record);
      }
      override update(key: string, record: SessionRecord, version: string): Written {
        return super.update(key, { ...record, owner: this.#owners.get(key) }, version);
      }
    },
  ),
  mutant(
    "loses index entries on update",
    "list() leaves out no record that is changed meanwhile",
    class extends MemoryStore {
      readonly #updated = new Set<string>();
      override update(key: string, record: SessionRecord, version: string): Written {
        this.#updated.add(key);
        return super.update(key, record, version);
      }
      override async list(owner: string): Listed {
        return (await super.list(owner)).filter(({ key }) => !this.#updated.has(key));
      }
    },
  ),
  mutant(
    "takes an entry off and puts it back while a record is written",
    "list() leaves out no record that is changed meanwhile",
    class extends MemoryStore {
      readonly #busy = new Set<string>();
      override async update(key: string, record: SessionRecord, version: string): Written {
        this.#busy.add(key);
        await pause();
        this.#busy.delete(key);
        return await super.update(key, record, version);
      }
      override async list(owner: string): Listed {
        return (await super.list(owner)).filter(({ key }) => !this.#busy.has(key));
      }
    },
  ),
  mutant(
    "loses entries that are written at once",
    "list() leaves out none of 120, made at once for four owners",
    class extends MemoryStore {
      readonly #entries = new Map<string, string[]>();
      override async create(key: string, record: SessionRecord): Created {
        const before = this.#entries.get(record.owner ?? "") ?? [];
        const version = await super.create(key, record);
        await pause();
        this.#entries.set(record.owner ?? "", [...before, key]);
        return version;
      }
      override async list(owner: string): Listed {
        return (await super.list(owner)).filter(({ key }) => this.#entries.get(owner)?.includes(key));
      }
    },
  ),
  mutant(
    "lists a hundred at most",
    "list() leaves out none of 120, made at once for four owners",
    class extends MemoryStore {
      override async list(owner: string): Listed {
        return (await super.list(owner)).slice(0, 100);
      }
    },
  ),
  mutant(
    "lists in two steps: the keys, and what is under them by then",
    "list() finds somebody's only session while that moves to another key",
    class extends MemoryStore {
      override async list(owner: string): Listed {
        const listed = await super.list(owner);
        await pause();
        const found = await Promise.all(listed.map(({ key }) => this.read(key)));
        return listed.filter((_, index) => found[index]?.owner === owner);
      }
    },
  ),
  mutant(
    "lists ten at most",
    "delete() of all that list() gives ends all sessions of somebody",
    class extends MemoryStore {
      override async list(owner: string): Listed {
        return (await super.list(owner)).slice(0, 10);
      }
    },
  ),
  mutant(
    "lists old versions",
    "a listed version is one that update() takes",
    class extends MemoryStore {
      override async list(owner: string): Listed {
        return (await super.list(owner)).map((stored) => ({ ...stored, version: "0" }));
      }
    },
  ),
  mutant(
    "keeps the deleted on the list",
    "what is deleted is on no list",
    class extends MemoryStore {
      readonly #deleted = new Map<string, OwnedSession>();
      override async delete(key: string): Promise<void> {
        const stored = await super.read(key);
        if (stored) this.#deleted.set(key, { key, ...stored });
        await super.delete(key);
      }
      override async list(owner: string): Listed {
        return [...await super.list(owner), ...this.#deleted.values().filter((stored) => stored.owner === owner)];
      }
    },
  ),
  mutant(
    "indexes what was refused",
    "a refused write changes no list",
    class extends MemoryStore {
      readonly #extra: [string, string][] = [];
      override create(key: string, record: SessionRecord): Created {
        if (record.owner) this.#extra.push([record.owner, key]);
        return super.create(key, record);
      }
      override async list(owner: string): Listed {
        const listed = await super.list(owner);
        for (const [name, key] of this.#extra) {
          const stored = name === owner ? await super.read(key) : undefined;
          if (stored && !listed.some((one) => one.key === key)) listed.push({ key, ...stored });
        }
        return listed;
      }
    },
  ),
  mutant(
    "leaves a new record on the list of the old one's owner",
    "a record that takes the place of a dead one is its own owner's only",
    class extends MemoryStore {
      readonly #entries = new Map<string, Set<string>>();
      override create(key: string, record: SessionRecord): Created {
        if (record.owner) this.#entries.set(record.owner, (this.#entries.get(record.owner) ?? new Set()).add(key));
        return super.create(key, record);
      }
      override async list(owner: string): Listed {
        const keys = [...this.#entries.get(owner) ?? []];
        const found = await Promise.all(keys.map(async (key) => ({ key, stored: await super.read(key) })));
        return found.flatMap(({ key, stored }) => stored ? [{ key, ...stored }] : []);
      }
    },
  ),
  mutant(
    "keeps its index where it keeps its records",
    "an owner is no key, and opens nothing",
    class extends MemoryStore {
      override async create(key: string, record: SessionRecord): Created {
        if (record.owner) await super.create(record.owner, { data: JSON.stringify([key]), expires: record.expires });
        return await super.create(key, record);
      }
    },
  ),
  mutant(
    "writes its index a moment after the record",
    "lists are right after a record went from hand to hand under many writers",
    class extends MemoryStore {
      readonly #index = new Map<string, string | undefined>();
      #count = 0;
      override async create(key: string, record: SessionRecord): Created {
        const version = await super.create(key, record);
        if (version !== undefined) await this.#note(key, record.owner);
        return version;
      }
      override async update(key: string, record: SessionRecord, version: string): Written {
        const result = await super.update(key, record, version);
        if (result.status === "written") await this.#note(key, record.owner);
        return result;
      }
      override async list(owner: string): Listed {
        const keys = [...this.#index].filter(([, name]) => name === owner).map(([key]) => key);
        const found = await Promise.all(keys.map(async (key) => ({ key, stored: await super.read(key) })));
        return found.flatMap(({ key, stored }) => stored ? [{ key, ...stored }] : []);
      }
      async #note(key: string, owner: string | undefined): Promise<void> {
        const moments = this.#count++ * 7 % 4;
        for (let moment = 0; moment < moments; moment++) await pause();
        this.#index.set(key, owner);
      }
    },
  ),

  // Clearing.
  mutant(
    "counts what isn't there",
    "clearExpired() of an empty store removes nothing",
    class extends MemoryStore {
      override async clearExpired(): Promise<number> {
        return await super.clearExpired() + 1;
      }
    },
  ),
  mutant(
    "clears nothing",
    "clearExpired() removes what has expired, and only that",
    class extends MemoryStore {
      override clearExpired(): Promise<number> {
        return Promise.resolve(0);
      }
    },
  ),
  mutant(
    "clears a hundred at most",
    "clearExpired() removes what has expired, and only that",
    class extends Clearing {
      override async clearExpired(): Promise<number> {
        return await this.clear(Date.now(), 100);
      }
    },
  ),
  mutant(
    "clears what is about to expire",
    "clearExpired() removes what has expired, and only that",
    class extends Clearing {
      override async clearExpired(): Promise<number> {
        return await this.clear(Date.now() + 1000, Infinity);
      }
    },
  ),
  ...[
    "clearExpired() keeps what was renewed, and finds it when it has expired",
    "clearExpired() keeps what was created over an expired record",
  ].map((breaks) =>
    mutant(
      "clears by the first deadline of a key",
      breaks,
      class extends MemoryStore {
        readonly #deadlines = new Map<string, number>();
        override create(key: string, record: SessionRecord): Created {
          if (!this.#deadlines.has(key)) this.#deadlines.set(key, record.expires);
          return super.create(key, record);
        }
        override async clearExpired(): Promise<number> {
          const due = [...this.#deadlines].filter(([, deadline]) => deadline <= Date.now());
          for (const [key] of due) await super.delete(key);
          for (const [key] of due) this.#deadlines.delete(key);
          return due.length;
        }
      },
    )
  ),
  mutant(
    "doesn't find what got an earlier deadline",
    "clearExpired() finds what got an earlier deadline",
    class extends MemoryStore {
      readonly #deadlines = new Map<string, number>();
      override create(key: string, record: SessionRecord): Created {
        this.#deadlines.set(key, record.expires);
        return super.create(key, record);
      }
      override clearExpired(): Promise<number> {
        const due = [...this.#deadlines].filter(([, deadline]) => deadline <= Date.now());
        for (const [key] of due) this.#deadlines.delete(key);
        return Promise.resolve(due.length);
      }
    },
  ),
  mutant(
    "counts the deleted",
    "clearExpired() does not count what was deleted",
    class extends MemoryStore {
      #deleted = 0;
      override delete(key: string): Promise<void> {
        this.#deleted++;
        return super.delete(key);
      }
      override async clearExpired(): Promise<number> {
        const [removed, deleted] = [await super.clearExpired(), this.#deleted];
        this.#deleted = 0;
        return removed + deleted;
      }
    },
  ),
  mutant(
    "clears everything",
    "clearExpired() does no harm while the store is in use",
    class extends MemoryStore {
      readonly #keys = new Set<string>();
      override create(key: string, record: SessionRecord): Created {
        this.#keys.add(key);
        return super.create(key, record);
      }
      override async clearExpired(): Promise<number> {
        for (const key of this.#keys) await super.delete(key);
        return 0;
      }
    },
  ),

  // Races.
  ...([
    ["looks, and creates a moment later", "of 100 create() at once exactly one wins", "create"],
    [
      "looks, and creates over what has expired a moment later",
      "of 40 create() at once over an expired record exactly one wins",
      "create",
    ],
    ["looks, and updates a moment later", "of 50 update() naming one version exactly one wins", "update"],
    ["looks, and updates what changes meanwhile", "50 increments at once are exact", "update"],
    ["looks, and updates what was deleted meanwhile", "an update() racing delete() never revives", "delete"],
    [
      "looks, and brings back what others deleted meanwhile",
      "delete() ends a record that others keep changing",
      "delete",
    ],
  ] as const).map(([mistake, breaks, method]): Mutant => ({
    mistake,
    breaks,
    make: () => ({ store: new Hasty(method) }),
  })),
  ...[
    "of 100 create() at once exactly one wins",
    "of 50 update() naming one version exactly one wins",
    "50 increments at once are exact",
  ].map((breaks): Mutant => ({
    mistake: "is atomic within one handle only",
    breaks,
    make() {
      const shared = new Shared();
      return { store: new Locked(shared), other: new Locked(shared) };
    },
  })),
  mutant(
    "writes a text in two halves",
    "a read() beside writers sees whole texts only",
    class extends MemoryStore {
      override async update(key: string, record: SessionRecord, version: string): Written {
        const { data = "", expires = 0, owner } = await super.read(key) ?? {};
        const half = record.data.length >> 1;
        const first = await super.update(
          key,
          { data: record.data.slice(0, half) + data.slice(half), expires, owner },
          version,
        );
        if (first.status !== "written") return first;
        await pause();
        return await super.update(key, record, first.version);
      }
    },
  ),

  // Failures.
  faulty("answers undefined when it is down", "read()", down("read", undefined)),
  faulty("answers undefined to create() when it is down", "create()", down("create", undefined)),
  faulty("answers gone when it is down", "update()", down("update", { status: "gone" })),
  faulty("answers conflict when it is down", "update()", down("update", { status: "conflict" })),
  faulty("pretends to have deleted when it is down", "delete()", down("delete", undefined)),
  faulty("lists nothing when it is down", "list()", down("list", [])),
  faulty("clears nothing when it is down", "clearExpired()", down("clearExpired", 0)),
  faulty("throws what is no Error", "read()", down("read", THROWN, () => "connection lost")),
  faulty(
    "quotes what it could not write",
    "create()",
    down("create", THROWN, (record) => new Error(`INSERT … (${record?.data})`)),
  ),
  {
    mistake: "throws before it gives a promise",
    breaks: "update() of a store that is down throws, and says nothing of what is in a session",
    make: () => ({ store: new MemoryStore() }),
    options: {
      makeBroken: () => {
        const store = new MemoryStore();
        store.update = () => {
          throw new Error("connection lost");
        };
        return { store };
      },
    },
  },
  mutant(
    "never answers",
    "read() of a missing record gives undefined",
    class extends MemoryStore {
      override read(): Read {
        return new Promise(() => {});
      }
    },
    { timeout: 0.05 },
  ),
];
