// What Django 6.2 wrote and read, with a fixed secret key and a fixed time. See tests/vectors/.
import vectors from "../vectors/django-vectors.json" with { type: "json" };
import { KeyRing } from "../../cookies/key_ring.ts";

export { vectors };

/** The secret key of the vectors. */
export const keys: KeyRing = new KeyRing(vectors.SECRET_KEY);

/** The time of the vectors, in milliseconds, for `new FakeTime(…)`. */
export const time: number = vectors.time * 1000;

/** A key of no other use, for tests that need several. */
export function fakeKey(name: string): string {
  return `this is no secret, it is only for tests: ${name}`;
}
