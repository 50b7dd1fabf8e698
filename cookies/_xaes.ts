// XAES-256-GCM (C2SP, https://c2sp.org/XAES-256-GCM): AES-256-GCM under a key derived for each message from the first
// half of a 192-bit nonce. Nonces can so be drawn at random without counting the messages under a key.
import type { KeyObject } from "node:crypto";
import { lazyNode } from "./lazy_node.ts";

/** The length of a nonce in bytes. */
export const NONCE_LENGTH: number = 24;
/** The length of the tag behind the ciphertext in bytes. */
export const TAG_LENGTH: number = 16;

const nodeCrypto = lazyNode("node:crypto");

/** A key made ready: what depends on no message is computed once. */
export interface XaesKey {
  /** The AES-256 key. */
  readonly key: KeyObject;
  /** K1 of the specification, the first subkey of CMAC. */
  readonly subkey: Uint8Array;
}

/** Makes a key of 32 bytes ready. */
export function xaesKey(key: KeyObject): XaesKey {
  const subkey = encryptBlocks(key, new Uint8Array(16));
  const carry = subkey[0]! >> 7;
  for (let index = 0; index < 16; index++) {
    subkey[index] = (subkey[index]! << 1) | ((subkey[index + 1] ?? 0) >> 7);
  }
  subkey[15]! ^= carry * 0x87;
  return { key, subkey };
}

/** Encrypts; the answer is the ciphertext with the tag behind. */
export function encryptXaes(key: XaesKey, nonce: Uint8Array, plaintext: Uint8Array, bound: Uint8Array): Uint8Array {
  const cipher = nodeCrypto().createCipheriv("aes-256-gcm", messageKey(key, nonce), nonce.subarray(12));
  cipher.setAAD(bound);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  const sealed = new Uint8Array(ciphertext.length + TAG_LENGTH);
  sealed.set(ciphertext);
  sealed.set(cipher.getAuthTag(), ciphertext.length);
  return sealed;
}

/** Decrypts what {@linkcode encryptXaes} answered, or answers `undefined` if a single bit of anything differs. */
export function decryptXaes(
  key: XaesKey,
  nonce: Uint8Array,
  sealed: Uint8Array,
  bound: Uint8Array,
): Uint8Array | undefined {
  const end = sealed.length - TAG_LENGTH;
  if (end < 0) return undefined;
  const decipher = nodeCrypto().createDecipheriv("aes-256-gcm", messageKey(key, nonce), nonce.subarray(12));
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plaintext;
}

// The key derivation in counter mode of NIST SP 800-108 with AES-CMAC, unrolled as the specification does it: two
// blocks, each a counter, "X" and the first half of the nonce.
function messageKey({ key, subkey }: XaesKey, nonce: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(32);
  for (let block = 0; block < 2; block++) {
    const start = block * 16;
    blocks[start + 1] = block + 1;
    blocks[start + 2] = 0x58;
    blocks.set(nonce.subarray(0, 12), start + 4);
    for (let index = 0; index < 16; index++) blocks[start + index]! ^= subkey[index]!;
  }
  return encryptBlocks(key, blocks);
}

function encryptBlocks(key: KeyObject, blocks: Uint8Array): Uint8Array {
  const cipher = nodeCrypto().createCipheriv("aes-256-ecb", key, null);
  cipher.setAutoPadding(false);
  const encrypted = cipher.update(blocks);
  // There is nothing left to write, but only this frees what Deno keeps for the cipher.
  cipher.final();
  return new Uint8Array(encrypted);
}
