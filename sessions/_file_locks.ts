import type { FilePaths } from "./_file_paths.ts";

/**
 * One lock for each subdirectory of a `FileStore`, held across processes.
 *
 * It is the kernel's lock on a file (`flock`), which ends with the process that holds it, however that ends: no lock is ever
 * left behind, and none has to be judged stale. Within the process whoever comes queues up first, so that at most one
 * thread waits in the kernel for each subdirectory; and none does where nobody else holds the lock: asking takes some
 * microseconds, and handing the question to a thread takes longer.
 */
export class FileLocks {
  readonly #paths: FilePaths;
  readonly #queues = new Map<string, Promise<void>>();

  /**
   * Makes the locks of a directory; none is held.
   *
   * @param paths Where the files to lock are.
   */
  constructor(paths: FilePaths) {
    this.#paths = paths;
  }

  /**
   * Does something while holding the lock of a subdirectory.
   *
   * @typeParam T What it results in.
   * @param shard The subdirectory.
   * @param work What to do.
   * @returns What it resulted in.
   * @throws {Error} If the directory of the locks is gone.
   */
  async hold<T>(shard: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(shard);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queues.set(shard, promise);
    try {
      await before;
      using _lock = await this.#lock(shard);
      return await work();
    } finally {
      if (this.#queues.get(shard) === promise) this.#queues.delete(shard);
      resolve();
    }
  }

  async #lock(shard: string): Promise<Disposable> {
    const file = this.#open(this.#paths.lock(shard));
    try {
      if (!file.tryLockSync(true)) await file.lock(true);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  #open(path: string): Deno.FsFile {
    try {
      return Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new Error(vanished(this.#paths), { cause });
    }
  }
}

/**
 * Says that the directory went away while it was in use.
 *
 * @param paths The directory.
 * @returns The message.
 */
export function vanished(paths: FilePaths): string {
  return `Cannot use session directory ${paths.root} as ${paths.locks} is gone: ` +
    "bring the directory back, or restart to begin with an empty one";
}
