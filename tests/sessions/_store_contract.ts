import { clearingTests } from "./_contract/clearing.ts";
import { expiryTests } from "./_contract/expiry.ts";
import { faultTests } from "./_contract/faults.ts";
import type { MakeStore, StoreAbilities } from "./_contract/kit.ts";
import { ownerTests } from "./_contract/owners.ts";
import { racingTests } from "./_contract/racing.ts";
import { readingTests } from "./_contract/reading.ts";
import { textTests } from "./_contract/texts.ts";
import { writingTests } from "./_contract/writing.ts";

/**
 * Registers the tests that every session store has to pass: the contract of `SessionStore`, sentence by sentence.
 *
 * @param name What the store is called, at the beginning of each test's name.
 * @param makeStore Makes an empty store for one test.
 * @param abilities What this store can, where stores differ.
 */
export function testStore(name: string, makeStore: MakeStore, abilities: StoreAbilities = {}): void {
  for (
    const tests of [
      readingTests,
      writingTests,
      expiryTests,
      textTests,
      ownerTests,
      racingTests,
      clearingTests,
      faultTests,
    ]
  ) {
    tests({ name, makeStore, abilities });
  }
}
