import type { SessionStore } from "../../sessions/store.ts";
import type { MakeStore } from "../store_test_options.ts";
import { BrokenContract, must } from "./expect.ts";
import { type Check, created, newKey, newOwner, type Trial } from "./kit.ts";

/**
 * Failure throws.
 *
 * @param makeBroken Makes a store that can't reach what it needs.
 * @param clears Whether clearing has something to do.
 * @returns The checks.
 */
export function faultChecks(makeBroken: MakeStore, clears: boolean): Check[] {
  const attempts = clears ? ATTEMPTS : ATTEMPTS.filter(([method]) => method !== "clearExpired()");
  return attempts.map(([method, attempt]) => [
    `${method} of a store that is down throws, and says nothing of what is in a session`,
    async (trial) => {
      // A version as this store makes them, so that it isn't refused before the store is asked.
      const version = await created(trial.store, newKey(), trial.recordOf("1"));
      const { store, close } = await makeBroken();
      try {
        await mustThrow(method, () => attempt(store, trial, version));
      } finally {
        await close?.();
      }
    },
  ]);
}

const SECRET = "what a visitor told this site alone";

const ATTEMPTS: [method: string, attempt: (store: SessionStore, trial: Trial, version: string) => Promise<unknown>][] =
  [
    // It may answer, and throw, without a promise.
    ["read()", async (store) => await store.read(newKey())],
    ["create()", (store, { recordOf }) => store.create(newKey(), recordOf(SECRET))],
    ["update()", (store, { recordOf }, version) => store.update(newKey(), recordOf(SECRET), version)],
    ["delete()", (store) => store.delete(newKey())],
    ["list()", (store) => store.list(newOwner())],
    ["clearExpired()", (store) => store.clearExpired()],
  ];

/** It rejects with an `Error`, and does not throw before it has returned a promise. */
async function mustThrow(method: string, attempt: () => Promise<unknown>): Promise<void> {
  const outcome = await attempt().then((value) => ({ value }), (error: unknown) => error);
  if (!(outcome instanceof Error)) {
    throw new BrokenContract(`${method} must reject with an Error: it answered ${JSON.stringify(outcome)}`);
  }
  must(
    !outcome.message.includes(SECRET),
    `an error must not quote a session, as it is written to logs: ${method} does`,
  );
}
