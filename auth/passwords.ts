/**
 * Passwords, stored as Django stores them.
 *
 * @module
 */

import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { randomBytes } from "../cookies/random.ts";
import { wholeNumber } from "../middleware/check_option.ts";
import { BadRequest } from "../middleware/http_error.ts";
import { encodePassword, MOST_ITERATIONS, type Recipe, recipeOf, scryptProblem } from "./_encoded_password.ts";
import { Turns } from "./_turns.ts";
import type { PasswordHasher, PasswordVerdict } from "./password_hasher.ts";

/** Options of {@linkcode Passwords}. */
export interface PasswordsOptions {
  /**
   * What new passwords are made with. All are read, whatever this says.
   *
   * @default {"pbkdf2_sha256"}
   */
  readonly algorithm?: "pbkdf2_sha256" | "scrypt";
  /**
   * How often PBKDF2 goes round: 170 ms of one core, at the default. Beside a Django, what that does: 1_000_000 in Django 5.2, 1_200_000 in 6.0.
   *
   * @default {1_000_000}
   */
  readonly iterations?: number;
  /**
   * The N of scrypt, a power of 2. It takes `128 * workFactor * blockSize` bytes: 16 MiB at the default, as in Django.
   *
   * @default {16_384}
   */
  readonly workFactor?: number;
  /**
   * The r of scrypt.
   *
   * @default {8}
   */
  readonly blockSize?: number;
  /**
   * The p of scrypt.
   *
   * @default {5}
   */
  readonly parallelism?: number;
}

/**
 * Makes and checks passwords in Django's formats: `pbkdf2_sha256$…` (Django's default) or `scrypt$…`, and reads `pbkdf2_sha1$…` too. The work is done on
 * other threads, on as many at a time as there are cores.
 *
 * What is weaker than what is made today is told as outdated, so that it is made anew when its owner signs in. A longer password than 4096 bytes is no password: it
 * fits nothing, and making one is a 400.
 *
 * @example
 * ```ts
 * import { Passwords } from "@nuages/web/auth";
 * import { assert, assertFalse } from "@std/assert";
 *
 * const passwords = new Passwords({ iterations: 10_000 }); // for an example; without it a hundred times as many
 * const stored = await passwords.hash("correct horse battery staple");
 *
 * assert(stored.startsWith("pbkdf2_sha256$10000$"));
 * assert((await passwords.verify("correct horse battery staple", stored)).ok);
 * assertFalse((await passwords.verify("Tr0ub4dor&3", stored)).ok);
 * ```
 */
export class Passwords implements PasswordHasher {
  readonly #recipe: Recipe;

  /**
   * Checks the options.
   *
   * @param options What new passwords are made with.
   * @throws {TypeError} If the algorithm is none of the two.
   * @throws {RangeError} If a number is out of range.
   */
  constructor(options: PasswordsOptions = {}) {
    const { algorithm = "pbkdf2_sha256", iterations = 1_000_000 } = options;
    const { workFactor = 16_384, blockSize = 8, parallelism = 5 } = options;
    if (algorithm !== "pbkdf2_sha256" && algorithm !== "scrypt") {
      throw new TypeError(
        `Cannot create Passwords as algorithm must be "pbkdf2_sha256" or "scrypt": received ${Deno.inspect(algorithm)}`,
      );
    }
    wholeNumber("Passwords", "iterations", iterations, "", 1, MOST_ITERATIONS);
    const cost = { workFactor, blockSize, parallelism };
    const problem = scryptProblem(cost);
    if (problem !== undefined) {
      throw new RangeError(`Cannot create Passwords as ${problem}: received ${JSON.stringify(cost)}`);
    }
    this.#recipe = algorithm === "scrypt" ? { algorithm, salt: "", ...cost } : { algorithm, salt: "", iterations };
  }

  /**
   * Makes the text to store.
   *
   * @param password The password, as it was typed in.
   * @returns The text, of at most 128 characters, as Django's column has room for.
   * @throws {HttpError} 400 if it is longer than 4096 bytes, or no well-formed text; 503 if too many are being made.
   * @throws {TypeError} If it is no text.
   */
  async hash(password: string): Promise<string> {
    if (typeof password !== "string") {
      throw new TypeError(`Cannot hash the password as it must be a text: received ${typeof password}`);
    }
    if (!isPossible(password)) throw new BadRequest("The password is too long, or no text");
    return await turns().take(() => encodePassword(password, { ...this.#recipe, salt: newSalt() }));
  }

  /**
   * Checks a password. It takes as long where there is nothing to check it by.
   *
   * @param password The password, as it was typed in.
   * @param encoded What is stored; `undefined` if there is nothing, or no such account.
   * @returns Whether it is the password, and whether what is stored should be made anew.
   * @throws {HttpError} 503 if too many are being checked.
   */
  async verify(password: string, encoded: string | undefined): Promise<PasswordVerdict> {
    // It depends on what was typed in alone, and tells nothing of what is stored.
    if (typeof password !== "string" || !isPossible(password)) return WRONG;
    const recipe = typeof encoded === "string" ? recipeOf(encoded) : undefined;
    return await turns().take(async () => {
      if (recipe === undefined) {
        await encodePassword(password, { ...this.#recipe, salt: DUMMY_SALT });
        const problem = problemOf(encoded);
        return problem === undefined ? WRONG : { ...WRONG, problem };
      }
      const ok = isSameText(await encodePassword(password, recipe), encoded!);
      if (!ok) await this.#takeAsLong(password, recipe);
      return { ok, outdated: ok && this.#isOutdated(recipe) };
    });
  }

  #isOutdated(recipe: Recipe): boolean {
    const own = this.#recipe;
    if (recipe.algorithm === "scrypt") {
      return own.algorithm !== "scrypt" || recipe.workFactor < own.workFactor ||
        recipe.blockSize < own.blockSize || recipe.parallelism < own.parallelism;
    }
    return own.algorithm !== recipe.algorithm || recipe.iterations < own.iterations ||
      recipe.salt.length < SALT_LENGTH;
  }

  /** A password that was made with fewer rounds would tell by the time that somebody has it. */
  async #takeAsLong(password: string, recipe: Recipe): Promise<void> {
    const own = this.#recipe;
    if (own.algorithm === "scrypt" || recipe.algorithm === "scrypt") return;
    const missing = own.iterations - recipe.iterations;
    if (missing > 0) await encodePassword(password, { ...recipe, iterations: missing });
  }
}

const WRONG: PasswordVerdict = { ok: false, outdated: false };
const LONGEST = 4096;
const LONGEST_QUEUE = 200;
const SALT_LENGTH = 22;
const DUMMY_SALT = "x".repeat(SALT_LENGTH);
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const encoder = new TextEncoder();

/** One queue for the whole program, as there is one machine. */
let queue: Turns | undefined;

function turns(): Turns {
  return queue ??= new Turns(Math.max(1, navigator.hardwareConcurrency), LONGEST_QUEUE);
}

/** In UTF-8 all lone surrogates are one, and with them different passwords. */
function isPossible(password: string): boolean {
  return password.length <= LONGEST && password.isWellFormed() && encoder.encode(password).length <= LONGEST;
}

/** Django's mark of an account without a password is "!"; an empty text is none either. */
function problemOf(encoded: string | undefined): string | undefined {
  if (encoded === undefined || encoded === null || encoded === "") return undefined;
  const text = typeof encoded === "string" ? encoded : "";
  if (text.startsWith("!")) return undefined;
  const algorithm = /^[a-z0-9_]{1,30}(?=\$)/.exec(text)?.[0] ?? "unknown";
  return `what is stored is no password that can be read (${algorithm})`;
}

function isSameText(one: string, other: string): boolean {
  const [left, right] = [encoder.encode(one), encoder.encode(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function newSalt(): string {
  let salt = "";
  while (salt.length < SALT_LENGTH) {
    // Bytes from 248 on are thrown away: modulo 62 they would make the first eight letters likelier.
    for (const byte of randomBytes(SALT_LENGTH + 8)) {
      if (byte < 248 && salt.length < SALT_LENGTH) salt += ALPHABET[byte % 62];
    }
  }
  return salt;
}
