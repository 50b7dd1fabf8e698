import { KvStore, type KvStoreOptions } from "../../sessions/kv_store.ts";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";

/** A store in a database in memory. */
export async function inMemory(options?: KvStoreOptions): Promise<StoreUnderTest & { kv: Deno.Kv }> {
  const kv = await Deno.openKv(":memory:");
  return { store: new KvStore(kv, options), kv, close: () => kv.close() };
}

/** Two stores on one local file, each with its own handle on it. */
export async function inFile(options?: KvStoreOptions): Promise<StoreUnderTest & { kv: Deno.Kv; path: string }> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/kv.sqlite`;
  const [kv, other] = [await Deno.openKv(path), await Deno.openKv(path)];
  const close = async () => {
    kv.close();
    other.close();
    await Deno.remove(directory, { recursive: true });
  };
  return { store: new KvStore(kv, options), other: new KvStore(other, options), kv, path, close };
}

/** A store whose database was closed. */
export async function closed(): Promise<StoreUnderTest> {
  const kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  kv.close();
  return { store };
}

/** Everything in a database. */
export async function entriesOf(kv: Deno.Kv): Promise<Deno.KvEntry<unknown>[]> {
  return await Array.fromAsync(kv.list({ prefix: [] }));
}

/** A real database whose requests are counted, and which can be made to do something before or after one. */
export class WatchedKv {
  readonly #kv: Deno.Kv;
  /** What was asked, in this order. */
  readonly requests: string[] = [];
  /** Is called before each request. */
  before: (request: string) => Promise<void> | void = () => {};
  /** May change what a commit answers. */
  answer: (result: Deno.KvCommitResult | Deno.KvCommitError) => Deno.KvCommitResult | Deno.KvCommitError = (result) =>
    result;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** What a store is given. */
  get kv(): Deno.Kv {
    return new Proxy(this.#kv, { get: (_, name) => this.#method(name as "get") });
  }

  #method(name: "get" | "getMany" | "list" | "atomic"): unknown {
    if (name === "list") return (...args: Parameters<Deno.Kv["list"]>) => this.#list(...args);
    if (name === "atomic") return () => this.#atomic();
    return async (...args: unknown[]) => {
      await this.#note(name);
      return await (this.#kv[name] as (...args: unknown[]) => Promise<unknown>)(...args);
    };
  }

  async *#list(...args: Parameters<Deno.Kv["list"]>): AsyncIterable<Deno.KvEntry<unknown>> {
    await this.#note("list");
    yield* this.#kv.list(...args);
  }

  #atomic(): Deno.AtomicOperation {
    const operation = this.#kv.atomic();
    const commit = operation.commit.bind(operation);
    operation.commit = async () => {
      await this.#note("commit");
      return this.answer(await commit());
    };
    return operation;
  }

  async #note(request: string): Promise<void> {
    this.requests.push(request);
    await this.before(request);
  }
}
