/** Whether idle cores stay awake while something is measured. */

/**
 * Keeps idle cores from sleeping, by Linux's [PM QoS interface](https://docs.kernel.org/power/pm_qos_interface.html): whoever holds its file open says how long waking up may take.
 *
 * A load generator that waits for an answer sleeps, and with it its core. Whoever sends the answer has to wake both up, and the kernel counts that as work of the sender: the faster a side,
 * the less often the generator has fallen asleep, so that a microsecond more of work costs two. An idle core that is awake looks by itself whether there is something to do.
 */
export class Wakefulness implements Disposable {
  #file: Deno.FsFile | undefined;
  #problem: string | undefined;

  /** Keeps them awake, if that can be done. */
  constructor() {
    this.keepAwake();
  }

  /** Why they can't be kept awake; `undefined` if they can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Keeps them awake from now on. */
  keepAwake(): void {
    if (this.#file !== undefined) return;
    try {
      this.#file = Deno.openSync(PATH, { write: true });
      this.#file.writeSync(NO_LATENCY);
    } catch (error) {
      this.letSleep();
      this.#problem = `${PATH} can't be written (${(error as Error).name})`;
    }
  }

  /** Lets them sleep again. */
  letSleep(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Lets them sleep again. */
  [Symbol.dispose](): void {
    this.letSleep();
  }
}

const PATH = "/dev/cpu_dma_latency";

/** Microseconds, as a number of 32 bits. */
const NO_LATENCY = new Uint8Array(4);
