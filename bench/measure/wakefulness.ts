/** Whether idle cores stay awake while something is measured. */

/** The state of the cores. Disposing of it lets them sleep again. */
export interface Wakefulness extends Disposable {
  /** Why they can't be kept awake; `undefined` if they are. */
  readonly problem: string | undefined;
}

/**
 * Keeps idle cores from sleeping, by Linux's [PM QoS interface](https://docs.kernel.org/power/pm_qos_interface.html): whoever holds its file open says how long waking up may take.
 *
 * A load generator that waits for an answer sleeps, and with it its core. Whoever sends the answer has to wake both up, and the kernel counts that as work of the sender: the faster a side,
 * the less often the generator has fallen asleep, so that a microsecond more of work costs two. An idle core that is awake looks by itself whether there is something to do.
 */
export function keepCoresAwake(): Wakefulness {
  try {
    const file = Deno.openSync(PATH, { write: true });
    file.writeSync(NO_LATENCY);
    return { problem: undefined, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    return { problem: `${PATH} can't be written (${(error as Error).name})`, [Symbol.dispose]: () => {} };
  }
}

const PATH = "/dev/cpu_dma_latency";

/** Microseconds, as a number of 32 bits. */
const NO_LATENCY = new Uint8Array(4);
