import { assertEquals } from "@std/assert";
import { createSecretKey } from "node:crypto";
import { decryptXaes, encryptXaes, xaesKey } from "../../cookies/_xaes.ts";

const encoder = new TextEncoder();
const nonce = encoder.encode("ABCDEFGHIJKLMNOPQRSTUVWX");
const plaintext = encoder.encode("XAES-256-GCM");

// The two keys differ in the carry of the subkey's computation.
Deno.test("encryptXaes() writes the test vectors of the specification", () => {
  const first = encryptXaes(keyOf(0x01), nonce, plaintext, new Uint8Array());
  assertEquals(first.toHex(), "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
  const second = encryptXaes(keyOf(0x03), nonce, plaintext, encoder.encode("c2sp.org/XAES-256-GCM"));
  assertEquals(second.toHex(), "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
});

Deno.test("decryptXaes() reads them", () => {
  const bytes = Uint8Array.fromHex("ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
  assertEquals(new Uint8Array(decryptXaes(keyOf(0x01), nonce, bytes, new Uint8Array())!), plaintext);
});

Deno.test("decryptXaes() answers undefined if anything differs", () => {
  const bound = encoder.encode("bound");
  const sealed = encryptXaes(keyOf(0x01), nonce, plaintext, bound);
  assertEquals(decryptXaes(keyOf(0x02), nonce, sealed, bound), undefined);
  assertEquals(decryptXaes(keyOf(0x01), nonce.toReversed(), sealed, bound), undefined);
  assertEquals(decryptXaes(keyOf(0x01), nonce, sealed, encoder.encode("other")), undefined);
  assertEquals(decryptXaes(keyOf(0x01), nonce, sealed.subarray(1), bound), undefined);
  assertEquals(decryptXaes(keyOf(0x01), nonce, sealed.subarray(0, -1), bound), undefined);
  assertEquals(decryptXaes(keyOf(0x01), nonce, sealed.subarray(0, 15), bound), undefined);
  assertEquals(decryptXaes(keyOf(0x01), nonce, new Uint8Array(), bound), undefined);
});

function keyOf(byte: number): ReturnType<typeof xaesKey> {
  return xaesKey(createSecretKey(new Uint8Array(32).fill(byte)));
}
