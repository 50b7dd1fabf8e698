import { assert, assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { KeyRing, type SigningAlgorithm } from "../../cookies/key_ring.ts";
import { Signer } from "../../cookies/signer.ts";
import { fakeKey, keys, vectors } from "./_vectors.ts";

const REMEDY = 'deno eval "console.log(crypto.randomUUID() + crypto.randomUUID())"';

Deno.test("KeyRing takes one key or several", () => {
  assertEquals(new KeyRing(fakeKey("a")).size, 1);
  assertEquals(new KeyRing([fakeKey("a"), fakeKey("b")]).size, 2);
});

Deno.test("KeyRing derives keys as Django's salted_hmac", () => {
  const hmac = (salt: string, value: string, algorithm: SigningAlgorithm) =>
    createHmac(algorithm, keys.hmacKeys(salt, algorithm)[0]!).update(value).digest("hex");
  assertEquals(hmac("django.core.signing.Signersigner", "hello", "sha256"), vectors.salted_hmac_sha256);
  assertEquals(hmac("k", "v", "sha1"), vectors.salted_hmac_sha1);
});

Deno.test("KeyRing.withPrefix() answers the ring with which Django signs cookies", () => {
  const { salt, sign } = vectors.get_cookie_signer;
  const signer = new Signer(keys.withPrefix("django.http.cookies"), { salt });
  assertEquals(signer.unsign(sign), "hello:1r31eq");
  assertEquals(new Signer(keys, { salt }).unsign(sign), undefined);
});

Deno.test("KeyRing derives a key once", () => {
  assertStrictEquals(keys.hmacKeys("a"), keys.hmacKeys("a"));
  assertStrictEquals(keys.encryptionKeys("a"), keys.encryptionKeys("a"));
  assertStrictEquals(keys.withPrefix("a"), keys.withPrefix("a"));
});

Deno.test("KeyRing derives different keys for different uses", () => {
  const exported = [
    keys.hmacKeys("a")[0]!,
    keys.hmacKeys("b")[0]!,
    keys.hmacKeys("a", "sha512")[0]!,
    keys.encryptionKeys("a")[0]!,
    keys.encryptionKeys("b")[0]!,
    keys.withPrefix("p").hmacKeys("a")[0]!,
    keys.withPrefix("p").encryptionKeys("a")[0]!,
  ].map((key) => key.export().toString("hex"));
  assertEquals(new Set(exported).size, exported.length);
});

Deno.test("KeyRing derives keys for encryption of 32 bytes", () => {
  assertEquals(keys.encryptionKeys("a")[0]!.symmetricKeySize, 32);
});

Deno.test("KeyRing derives keys for encryption by HKDF with SHA-256", async () => {
  const encoder = new TextEncoder();
  const secret = await crypto.subtle.importKey("raw", encoder.encode(fakeKey("a")), "HKDF", false, ["deriveBits"]);
  const [salt, info] = [encoder.encode("nuages.sealed"), encoder.encode("a purpose ☃")];
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, secret, 256);
  const key = new KeyRing(fakeKey("a")).encryptionKeys("a purpose ☃")[0]!;
  assertEquals(new Uint8Array(key.export()), new Uint8Array(bits));
});

Deno.test("KeyRing remembers a bounded number of derived keys and stays right beyond it", () => {
  const ring = new KeyRing(fakeKey("a"));
  const first = ring.hmacKeys("salt 0")[0]!.export().toString("hex");
  const kept = ring.hmacKeys("salt 0");
  for (let index = 1; index <= 1000; index++) ring.hmacKeys(`salt ${index}`);
  assertNotEquals(ring.hmacKeys("salt 0"), undefined);
  assert(ring.hmacKeys("salt 0") !== kept);
  assertEquals(ring.hmacKeys("salt 0")[0]!.export().toString("hex"), first);
});

Deno.test("KeyRing refuses a list without keys", () => {
  assertThrows(
    () => new KeyRing([]),
    TypeError,
    `Cannot create KeyRing as there must be at least one key. Make a good key with: ${REMEDY}`,
  );
});

Deno.test("KeyRing refuses a key that is not set and says how to make one", () => {
  const missing = undefined as unknown as string;
  const text = "Cannot create KeyRing as key 1 must be a text: received undefined";
  assertThrows(() => new KeyRing(missing), TypeError, text);
  assertThrows(() => new KeyRing([missing]), TypeError, REMEDY);
  assertThrows(
    () => new KeyRing([fakeKey("a"), null as unknown as string]),
    TypeError,
    "key 2 must be a text: received null",
  );
});

Deno.test("KeyRing refuses a short key, counted in bytes", () => {
  assertThrows(() => new KeyRing("12345678"), RangeError, "key 1 must have at least 32 bytes: received 8");
  assertThrows(() => new KeyRing(""), RangeError, "received 0");
  assertThrows(
    () => new KeyRing([fakeKey("a"), "abcdefghijklmnopqrstuvwxyz01234"]),
    RangeError,
    "key 2 must have at least 32 bytes: received 31",
  );
  assertEquals(new KeyRing("äbcdefghijklmnopqrstuvwxyz01234").size, 1);
});

Deno.test("KeyRing refuses a key of few different characters, as Django's check security.W009", () => {
  assertThrows(() => new KeyRing("a".repeat(64)), RangeError, "at least 5 different characters: received 1");
  assertThrows(() => new KeyRing("abcd".repeat(16)), RangeError, "received 4");
});

Deno.test("KeyRing refuses the key that startproject made", () => {
  const key = "django-insecure-" + fakeKey("a");
  assertThrows(() => new KeyRing(key), TypeError, "key 1 must not be the one that startproject made for development");
});

Deno.test("KeyRing refuses a key that UTF-8 can't carry", () => {
  assertThrows(() => new KeyRing(fakeKey("\ud800")), TypeError, "without lone surrogates");
});

Deno.test("KeyRing refuses salts and purposes that UTF-8 would bring together", () => {
  assertThrows(
    () => keys.hmacKeys("\ud800"),
    TypeError,
    "Cannot derive keys as the salt must be a text without lone surrogates",
  );
  assertThrows(() => keys.encryptionKeys("\ud800"), TypeError, "the purpose must be a text");
});

Deno.test("KeyRing refuses an algorithm that is not among the four", () => {
  const unknown = "md5" as SigningAlgorithm;
  assertThrows(
    () => keys.hmacKeys("a", unknown),
    TypeError,
    'Cannot sign with "md5" as the algorithm must be one of sha1, sha256',
  );
  // The keys for encryption must not be had under the name of an algorithm.
  keys.encryptionKeys("a");
  assertThrows(() => keys.hmacKeys("a", "hkdf" as SigningAlgorithm), TypeError);
});

Deno.test("KeyRing names no key in an error message", () => {
  for (const key of ["short-and-secret", "django-insecure-" + fakeKey("secret"), "sesese".repeat(10)]) {
    const error = assertThrows(() => new KeyRing(key)) as Error;
    assertEquals(error.message.includes(key), false);
    assertEquals(error.message.includes("secret"), false);
  }
});

Deno.test("KeyRing shows no key, however it is printed", () => {
  const ring = new KeyRing([fakeKey("a"), fakeKey("b")]);
  ring.hmacKeys("a");
  ring.withPrefix("p");
  assertEquals(String(ring), "KeyRing(2 keys, hidden)");
  assertEquals(JSON.stringify({ ring }), '{"ring":"KeyRing(2 keys, hidden)"}');
  assertEquals(String(new KeyRing(fakeKey("a"))), "KeyRing(1 key, hidden)");
  const shown = [
    Deno.inspect(ring, { depth: 10, showHidden: true }),
    inspect(ring, { depth: 10, showHidden: true }),
    JSON.stringify(ring),
    `${ring}`,
    JSON.stringify(Object.entries(ring)),
    JSON.stringify(structuredClone(ring)),
  ].join("\n");
  assertEquals(shown.includes("secret"), false);
});

Deno.test("KeyRing keeps its own copy of the list", () => {
  const list = [fakeKey("a")];
  const ring = new KeyRing(list);
  list[0] = fakeKey("b");
  assertEquals(new Signer(new KeyRing(fakeKey("a"))).unsign(new Signer(ring).sign("v")), "v");
});

Deno.test("KeyRing's advice makes a key that it takes", async () => {
  const script = /deno eval "(.*)"/.exec(assertThrows(() => new KeyRing([]), TypeError).message)![1]!;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--no-config", script] }).output();
  const key = new TextDecoder().decode(stdout).trim();
  assertEquals(new KeyRing(key).size, 1);
});
