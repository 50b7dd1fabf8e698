import { assert, assertEquals } from "@std/assert";
import type { SessionStore } from "../../../sessions/store.ts";
import { created, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

/** A text comes back exactly as it was given. */
export function textTests(subject: Subject): void {
  testWith(subject, "an empty text comes back", async (store) => {
    await assertComesBack(store, "");
  });

  testWith(subject, "every character comes back", async (store) => {
    const basic = Array.from({ length: 0x10000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
    const beyond = Array.from({ length: 0x1000 }, (_, index) => 0x10000 + index * 0x100);

    await assertComesBack(store, String.fromCodePoint(...basic.slice(0, 0x8000)));
    await assertComesBack(store, String.fromCodePoint(...basic.slice(0x8000)));
    await assertComesBack(store, String.fromCodePoint(...beyond));
  });

  testWith(subject, "what decoders and files like to change comes back", async (store) => {
    for (
      const text of [
        "\u{feff}{}",
        "\u{feff}\u{feff}",
        "\0",
        "a\0b\0",
        "\r\n\n\r",
        "  {} \t",
        "\n",
        "\u{2028}\u{2029}\u{85}",
        "e\u{301} \u{e9}",
        "\u{fffd}",
        "\u{ffff}\u{10ffff}",
        "__proto__",
        "\x1a",
        "nuages-session/1 x\n",
      ]
    ) {
      await assertComesBack(store, text);
    }
  });

  testWith(subject, "a lone surrogate is refused with a TypeError, or comes back", async (store) => {
    for (const text of ["\ud800", "a\udc00b", "\udfff\ud800"]) {
      const key = newKey();
      const outcome = await store.create(key, recordOf(text)).catch((error) => error);
      if (outcome instanceof TypeError) assertEquals(await store.read(key), undefined);
      else assertEquals((await present(store, key)).data, text);
    }
  });

  testWith(subject, "300 KB come back", async (store) => {
    await assertComesBack(store, "0123456789".repeat(30_000));
  });

  testWith(subject, "300 KB of non-Latin text come back", async (store) => {
    await assertComesBack(store, "日本語の本".repeat(20_000));
    await assertComesBack(store, "é😀".repeat(50_000));
  });

  testWith(subject, "texts of all sizes around powers of two come back", async (store) => {
    for (const size of [1, 255, 4096, 16_384, 32_768, 60_000, 64_000, 65_536, 128_000, 131_072, 262_144]) {
      for (const length of [size - 1, size, size + 1]) await assertComesBack(store, "x".repeat(length));
    }
  });

  testWith(subject, "a text may grow large and small again", async (store, other) => {
    const key = newKey();
    let version = await created(store, key, recordOf("small"));
    for (const size of [300_000, 10, 70_000, 200_000, 64_001, 64_000, 0, 130_000]) {
      const text = String(size).padEnd(size, "x").slice(0, size);
      const result = await store.update(key, recordOf(text), version);
      assert(result.status === "written");
      version = result.version;
      assertEquals((await present(other, key)).data, text);
    }
  });
}

/** Through create() and through update(). */
async function assertComesBack(store: SessionStore, text: string): Promise<void> {
  const [one, two] = [newKey(), newKey()];
  await created(store, one, recordOf(text));
  await store.update(two, recordOf(text), await created(store, two, recordOf("before")));

  assert((await present(store, one)).data === text, `create() changed ${shown(text)}`);
  assert((await present(store, two)).data === text, `update() changed ${shown(text)}`);
}

function shown(text: string): string {
  return text.length > 40 ? `a text of ${text.length} characters` : JSON.stringify(text);
}
