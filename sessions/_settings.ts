import { KeyRing } from "../cookies/key_ring.ts";
import { Sealer } from "../cookies/sealer.ts";
import type { ExpiryRule } from "./_expiry.ts";
import type { Sealing } from "./_record_texts.ts";
import { CookieStore } from "./cookie_store.ts";
import { DjangoCacheStore } from "./django_cache_store.ts";
import { DjangoCookieStore } from "./django_cookie_store.ts";
import { DjangoSessionStore } from "./django_session_store.ts";
import type { EncryptionOptions, SessionOptions } from "./session_options.ts";

/** What is the same for all requests. */
export interface Settings extends ExpiryRule {
  /** How old an id may get, in milliseconds; infinite if it may get any age. */
  readonly rotate: number;
  /** For how long an id that was replaced for its age leads to the session, in milliseconds. */
  readonly grace: number;
  /** How long a call of the store may take, in seconds. */
  readonly storeSeconds: number;
  /** Whether a session that can't be read is an empty one. */
  readonly emptyIfUnavailable: boolean;
}

/**
 * Checks the options.
 *
 * @param options What `sessions()` was told.
 * @returns What they mean.
 * @throws {RangeError} If a time is no number of seconds.
 * @throws {TypeError} If something else is no good.
 */
export function resolveSettings(options: SessionOptions): Settings {
  const { idleSeconds = 1_209_600, absoluteSeconds = 7_776_000, rotateSeconds, rotateGraceSeconds = 30 } = options;
  const { renewAfter = 0.1, expireAtBrowserClose = false, storeSeconds = 10, whenUnavailable = "refuse" } = options;
  assertSeconds({ idleSeconds, absoluteSeconds, ...(rotateSeconds !== undefined && { rotateSeconds }) });
  assertSeconds({ rotateGraceSeconds, storeSeconds }, 3600, "an hour");
  if (!(renewAfter >= 0 && renewAfter <= 1)) {
    throw new RangeError(`Cannot create sessions as renewAfter must be from 0 to 1: received ${renewAfter}`);
  }
  if (whenUnavailable !== "refuse" && whenUnavailable !== "empty") {
    throw new TypeError(
      `Cannot create sessions as whenUnavailable must be "refuse" or "empty": received ${
        JSON.stringify(whenUnavailable)
      }`,
    );
  }
  if (!ENCRYPT_TYPES.has(typeof options.encrypt) || options.encrypt === null) {
    throw new TypeError("Cannot create sessions as encrypt must be true, false or { keys, readPlain }");
  }
  if (rotateSeconds !== undefined && options.store instanceof CookieStore) {
    throw new TypeError(
      "Cannot create sessions with rotateSeconds in a CookieStore as they have no id there: leave it out, or keep them in a SessionStore",
    );
  }
  const { store } = options;
  const isDjangos = isOfDjango(store);
  if (isDjangos) assertPossibleInDjango(options);
  if (store instanceof CookieStore && store.revocations !== undefined && absoluteSeconds > store.absoluteSeconds) {
    throw new RangeError(
      `Cannot create sessions as absoluteSeconds must not be longer than revocations are remembered: pass new CookieStore({ absoluteSeconds: ${absoluteSeconds} })`,
    );
  }
  return {
    idle: idleSeconds * 1000,
    absolute: isDjangos ? Infinity : absoluteSeconds * 1000,
    renewAfter,
    browserClose: expireAtBrowserClose,
    rotate: (rotateSeconds ?? Infinity) * 1000,
    grace: rotateGraceSeconds * 1000,
    storeSeconds,
    emptyIfUnavailable: whenUnavailable === "empty",
  };
}

/**
 * How records are sealed.
 *
 * @param encrypt What was asked for.
 * @param given The keys of the pipeline, if it has any.
 * @returns How; `undefined` if they aren't.
 * @throws {TypeError} If there are no keys.
 */
export function resolveSealing(
  encrypt: boolean | EncryptionOptions | undefined,
  given: KeyRing | undefined,
): Sealing | undefined {
  if (encrypt === undefined || encrypt === false) return undefined;
  const { keys = given, readPlain = false } = encrypt === true ? {} : encrypt;
  if (keys === undefined) {
    throw new TypeError("Cannot encrypt sessions as there are no keys: pass pipeline({ keys: [...] })");
  }
  return { sealer: recordSealer(keys), readPlain };
}

/**
 * What seals records. It asks for no time: a record has its own deadline, and the clocks of two servers may differ.
 *
 * @param keys The keys.
 * @returns The sealer.
 */
export function recordSealer(keys: readonly string[] | KeyRing): Sealer {
  const ring = keys instanceof KeyRing ? keys : new KeyRing(keys);
  return new Sealer(ring, { purpose: "nuages.session.record", clockSkew: Infinity });
}

/**
 * Whether a Django reads and writes the same sessions.
 *
 * @param store Where they are kept.
 * @returns Whether it does.
 */
export function isOfDjango(
  store: SessionOptions["store"],
): store is DjangoSessionStore | DjangoCacheStore | DjangoCookieStore {
  return store instanceof DjangoSessionStore || store instanceof DjangoCacheStore || store instanceof DjangoCookieStore;
}

/** Django has no place for it, or could not read it. */
function assertPossibleInDjango(options: SessionOptions): void {
  const name = options.store.constructor.name;
  for (const option of ["absoluteSeconds", "rotateSeconds"] as const) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `Cannot create sessions with ${option} in a ${name} as Django doesn't keep when a session began: leave it out`,
    );
  }
  if (options.encrypt === undefined || options.encrypt === false) return;
  throw new TypeError(`Cannot encrypt sessions in a ${name} as Django could not read them: leave it out`);
}

const ENCRYPT_TYPES: ReadonlySet<string> = new Set(["undefined", "boolean", "object"]);

/** Beyond it dates end somewhere, and with them what stores can say. */
const LONGEST = 100 * 365 * 86_400;

function assertSeconds(times: Readonly<Record<string, number>>, longest = LONGEST, words = "100 years"): void {
  for (const [name, value] of Object.entries(times)) {
    if (Number.isFinite(value) && value > 0 && value <= longest) continue;
    throw new RangeError(
      `Cannot create sessions as ${name} must be a number of seconds above 0, and at most ${longest} (${words}): received ${value}`,
    );
  }
}
