import { now } from "./_record.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import { SessionStoreError } from "./session_errors.ts";

/** A question that a store hasn't answered yet. */
interface Call {
  readonly verb: string;
  /** When it should have been answered, in milliseconds since the epoch. */
  due: number;
  readonly reject: (error: unknown) => void;
  isOver: boolean;
}

/**
 * Waits for a store, but not for ever.
 *
 * One timer does for all calls, and there is none while nobody waits. A call that is answered at once, from memory, never comes near it: it is
 * looked at again when what is ready has been done, and only what is still open then is put on the list.
 */
export class StoreCalls {
  readonly #limit: number;
  #young: Call[] = [];
  /** The eldest first, as all have the same time. */
  readonly #waiting = new Set<Call>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param seconds How long a call may take.
   */
  constructor(seconds: number) {
    this.#limit = seconds * 1000;
  }

  /**
   * Waits for an answer.
   *
   * @param verb What the store was asked to do.
   * @param answer What it has given: a promise, if it keeps its contract.
   * @param check Makes what was wanted of the answer, or throws.
   * @param late Is told of an answer that came when nobody waited any more.
   * @returns What `check` has made; rejected with a {@linkcode SessionStoreError} if the store failed, or has taken too long.
   */
  wait<T>(
    verb: string,
    answer: unknown,
    check: (answer: unknown) => T,
    late?: (answer: unknown) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const call: Call = { verb, due: now() + this.#limit, reject, isOver: false };
      Promise.resolve(answer).then((value) => {
        if (call.isOver) return late?.(value);
        this.#end(call);
        try {
          resolve(check(value));
        } catch (error) {
          reject(storeError(verb, error));
        }
      }, (error) => {
        this.#end(call);
        reject(storeError(verb, error));
      });
      if (this.#young.push(call) === 1) queueMicrotask(this.#takeIn);
    });
  }

  #end(call: Call): void {
    call.isOver = true;
    if (!this.#waiting.delete(call) || this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Made once, since it would be made for each call otherwise. */
  readonly #takeIn = (): void => {
    const young = this.#young;
    this.#young = [];
    for (const call of young) if (!call.isOver) this.#waiting.add(call);
    if (this.#waiting.size > 0 && this.#timer === undefined) this.#setTimer(this.#limit);
  };

  #setTimer(milliseconds: number): void {
    this.#timer = setTimeout(this.#giveUp, milliseconds);
  }

  /** Gives up what has taken too long. */
  readonly #giveUp = (): void => {
    this.#timer = undefined;
    const present = now();
    // Later than that nothing is due, unless the clock was put back: then it begins anew, lest a call is waited for until the clock is where it was.
    for (const call of this.#waiting) call.due = Math.min(call.due, present + this.#limit);
    for (const call of this.#waiting) {
      if (call.due > present) return this.#setTimer(call.due - present);
      this.#waiting.delete(call);
      call.isOver = true;
      call.reject(storeError(call.verb, this.#late()));
    }
  };

  #late(): DOMException {
    return new DOMException(
      `The session store has not answered within ${this.#limit / 1000} seconds. ` +
        "If it was to write, it may have written all the same, or may still",
      "TimeoutError",
    );
  }
}

/**
 * What becomes of an error of a store: a 503 that names what the store was asked. Too large a session is the program's doing, not the store's.
 *
 * @param verb What the store was asked to do.
 * @param cause What it has thrown.
 * @returns The error to throw.
 */
export function storeError(verb: string, cause: unknown): unknown {
  return cause instanceof RecordTooLargeError || cause instanceof SessionStoreError
    ? cause
    : new SessionStoreError(verb, cause);
}
