import { encodeBase64 } from "@std/encoding/base64";
import { lazyNode } from "../cookies/lazy_node.ts";

/** How a password is made into what is stored, with its salt. */
export type Recipe =
  | { readonly algorithm: Pbkdf2Algorithm; readonly salt: string; readonly iterations: number }
  | ({ readonly algorithm: "scrypt"; readonly salt: string } & ScryptCost);

/** How dear scrypt is (RFC 7914 §2). */
export interface ScryptCost {
  readonly workFactor: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

type Pbkdf2Algorithm = "pbkdf2_sha256" | "pbkdf2_sha1";

/** As many iterations are counted at most, whoever wrote the number: they take some seconds. */
export const MOST_ITERATIONS = 20_000_000;

/**
 * Reads how a stored text was made. It has to be exactly as Django writes it, so that there is one text for one recipe.
 *
 * @param encoded What is stored; anything.
 * @returns The recipe; `undefined` if it is none, or one so dear that checking it would bring the server down.
 */
export function recipeOf(encoded: string): Recipe | undefined {
  if (encoded.length > LONGEST_ENCODED) return undefined;
  const pbkdf2 = PBKDF2_REGEXP.exec(encoded);
  if (pbkdf2 !== null) {
    const [, algorithm, iterations, salt] = pbkdf2;
    if (Number(iterations) > MOST_ITERATIONS) return undefined;
    return { algorithm: algorithm as Pbkdf2Algorithm, salt: salt!, iterations: Number(iterations) };
  }
  const [, workFactor, salt, blockSize, parallelism] = SCRYPT_REGEXP.exec(encoded) ?? [];
  if (salt === undefined) return undefined;
  const cost = {
    workFactor: Number(workFactor),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
  };
  return scryptProblem(cost) === undefined ? { algorithm: "scrypt", salt, ...cost } : undefined;
}

/**
 * What is wrong with the cost of scrypt.
 *
 * @param cost The cost.
 * @returns `undefined` if nothing is.
 */
export function scryptProblem({ workFactor, blockSize, parallelism }: ScryptCost): string | undefined {
  for (const number of [workFactor, blockSize, parallelism]) {
    if (!Number.isSafeInteger(number) || number < 1) return "each must be a whole number from 1";
  }
  if (workFactor < 2 || !Number.isInteger(Math.log2(workFactor))) return "workFactor must be a power of 2";
  if (128 * workFactor * blockSize > MOST_MEMORY) return "128 * workFactor * blockSize must be at most 256 MiB";
  if (workFactor * blockSize * parallelism > 2 ** 24) {
    return "workFactor * blockSize * parallelism must be at most 16777216";
  }
  return undefined;
}

/**
 * Makes what is stored of a password, on another thread.
 *
 * @param password The password.
 * @param recipe How.
 * @returns The text, as Django writes it.
 */
export async function encodePassword(password: string, recipe: Recipe): Promise<string> {
  const { algorithm, salt } = recipe;
  if (algorithm === "scrypt") {
    const { workFactor, blockSize, parallelism } = recipe;
    const hash = encodeBase64(await deriveByScrypt(password, salt, recipe));
    return `scrypt$${workFactor}$${salt}$${blockSize}$${parallelism}$${hash}`;
  }
  const { iterations } = recipe;
  return `${algorithm}$${iterations}$${salt}$${encodeBase64(await deriveByPbkdf2(password, recipe))}`;
}

const PBKDF2_REGEXP = /^(pbkdf2_sha256|pbkdf2_sha1)\$([1-9]\d{0,9})\$([^$]+)\$[A-Za-z0-9+/]+=*$/;
const SCRYPT_REGEXP = /^scrypt\$([1-9]\d{0,9})\$([^$]+)\$([1-9]\d{0,9})\$([1-9]\d{0,9})\$[A-Za-z0-9+/]+=*$/;
const LONGEST_ENCODED = 1024;
const MOST_MEMORY = 256 * 1024 * 1024;
const nodeCrypto = lazyNode("node:crypto");
const encoder = new TextEncoder();

/** Web Crypto needs a quarter of the time that `node:crypto` does for the same. */
async function deriveByPbkdf2(password: string, recipe: Recipe & { iterations: number }): Promise<Uint8Array> {
  const { algorithm, salt, iterations } = recipe;
  const [hash, bits] = algorithm === "pbkdf2_sha1" ? ["SHA-1", 160] as const : ["SHA-256", 256] as const;
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt: encoder.encode(salt), iterations }, key, bits),
  );
}

function deriveByScrypt(password: string, salt: string, cost: ScryptCost): Promise<Uint8Array> {
  const { workFactor: N, blockSize: r, parallelism: p } = cost;
  const maxmem = 128 * r * (N + p + 2) * 2;
  return new Promise((resolve, reject) =>
    nodeCrypto().scrypt(
      password,
      salt,
      64,
      { N, r, p, maxmem },
      (error, hash) => error === null ? resolve(hash) : reject(error),
    )
  );
}
