/** The load generator as the harness uses it: in a process, on a core, of its own. */

import type { Cores } from "../measure/cores.ts";
import { isInstalled, ours } from "../measure/programs.ts";
import { SideProcess } from "../measure/side_process.ts";
import type { LoadPlan, LoadResult } from "./plan.ts";
import { runWrk, wrkCan } from "./wrk.ts";

/** Makes load, with `wrk` where that is there and can, and with a generator of ours otherwise. */
export class LoadGenerator implements AsyncDisposable {
  /** Whether `wrk` is used. */
  readonly usesWrk: boolean;
  readonly #core: number | undefined;
  readonly #own: SideProcess;

  private constructor(usesWrk: boolean, core: number | undefined) {
    this.usesWrk = usesWrk;
    this.#core = core;
    this.#own = SideProcess.start(ours("load/main.ts"), core);
  }

  /**
   * Starts it.
   *
   * @param cores Where it is to run.
   * @param allowsWrk Whether `wrk` may be used.
   */
  static async start({ load }: Cores, allowsWrk: boolean): Promise<LoadGenerator> {
    return new LoadGenerator(allowsWrk && await isInstalled("wrk"), load);
  }

  /**
   * Makes load.
   *
   * @param plan Which.
   * @returns How it went.
   * @throws {Error} If the generator fails, or a request did.
   */
  async run(plan: LoadPlan): Promise<LoadResult> {
    const result = this.usesWrk && wrkCan(plan)
      ? await runWrk(plan, this.#core)
      : await this.#own.ask<LoadResult>(this.#withStandstill(plan), plan.seconds + 30);
    const failures = Object.entries(result.failures);
    if (failures.length === 0 && result.answered > 0) return result;
    throw new Error(
      `Not all requests were answered well: ${result.answered} were; ${
        failures.map(([what, count]) => `${count} × ${what}`).join(", ")
      }`,
    );
  }

  /** Who shares a core with the server also stands still when that is at work. */
  #withStandstill(plan: LoadPlan): LoadPlan {
    return this.#core === undefined ? plan : { ...plan, standstill: STANDSTILL };
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#own.stop();
  }
}

/** In milliseconds: many times what a round of the generator takes. */
const STANDSTILL = 0.5;
