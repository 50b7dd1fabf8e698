import { assertInstanceOf } from "@std/assert";
import type { SessionStore } from "../../../sessions/store.ts";
import { newKey, recordOf, type Subject, testWith } from "./kit.ts";

/** Failure throws. */
export function faultTests(subject: Subject): void {
  const { makeBroken } = subject.abilities;
  if (!makeBroken) return;
  const broken = { ...subject, makeStore: makeBroken };

  testWith(broken, "read() of a store that is down throws", async (store) => {
    await assertThrows(store, async () => await store.read(newKey()));
  });

  testWith(broken, "create() in a store that is down throws", async (store) => {
    await assertThrows(store, () => store.create(newKey(), recordOf("1")));
  });

  testWith(broken, "update() in a store that is down throws", async (store) => {
    // A version of each form that our stores have, so that none is refused before the store is asked.
    for (const version of ["1", `${"0".repeat(20)}/0/${Date.now() + 60_000}`, crypto.randomUUID()]) {
      await assertThrows(store, () => store.update(newKey(), recordOf("1"), version));
    }
  });

  testWith(broken, "delete() in a store that is down throws", async (store) => {
    await assertThrows(store, () => store.delete(newKey()));
  });

  testWith(broken, "list() in a store that is down throws", async (store) => {
    await assertThrows(store, () => store.list(newKey()));
  });
}

/** It rejects with an `Error`, and does not throw before it has returned a promise. */
async function assertThrows(_store: SessionStore, action: () => Promise<unknown>): Promise<void> {
  const outcome = await action().then((value) => ({ value }), (error) => error);
  assertInstanceOf(outcome, Error, `it answered ${JSON.stringify(outcome)}`);
}
