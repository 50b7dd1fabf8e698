import { KeyRing } from "./key_ring.ts";

/** Throws unless keys are a ring: a program without types passes the keys themselves now and then. */
export function expectKeyRing(keys: KeyRing, action: string): void {
  if (keys instanceof KeyRing) return;
  throw new TypeError(
    `Cannot ${action} as keys must be a KeyRing, such as new KeyRing(keys): received ${
      keys === null ? "null" : typeof keys
    }`,
  );
}
