import { assertEquals, assertRejects } from "@std/assert";
import type { MakeStore } from "../../testing/store_test_options.ts";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";

/** Registers the tests of what our own stores refuse: keys that are none, records that can't be kept. */
export function testMisuse(name: string, makeStore: MakeStore): void {
  Deno.test(`${name} refuses what is not a key, or not an owner`, async () => {
    const { store, close } = await makeStore();
    const refused = [
      "",
      "short",
      "k".repeat(42),
      "k".repeat(44),
      "k".repeat(43) + "\n",
      "../../../../../../../../../../../../etc/passwd",
      `${"../".repeat(13)}etc/`,
      "/".repeat(43),
      ".".repeat(43),
      "k".repeat(42) + "\0",
      "k".repeat(42) + "=",
      "k".repeat(42) + "é",
      undefined as unknown as string,
      43 as unknown as string,
      ["k".repeat(43)] as unknown as string,
    ];
    for (const key of refused) {
      const actions = [
        async () => await store.read(key),
        () => store.create(key, recordOf("1")),
        () => store.update(key, recordOf("1"), "1"),
        () => store.delete(key),
      ];
      for (const action of actions) {
        await assertRejects(action, TypeError, "Cannot use session key as it must be 43 characters of base64url");
      }
      // What is no key is no owner either; `undefined` is nobody.
      const [message, expires] = [
        "Cannot use session owner as it must be 43 characters of base64url",
        Date.now() + 1000,
      ];
      await assertRejects(() => store.list(key), TypeError, message);
      if (key === undefined) continue;
      const owned = { data: "1", expires, owner: key };
      await assertRejects(() => store.create(newKey(), owned), TypeError, message);
      await assertRejects(() => store.update(newKey(), owned, "1"), TypeError, message);
    }
    await close?.();
  });

  Deno.test(`${name} refuses a record that could not come back as it is`, async () => {
    const { store, close } = await makeStore();
    const key = newKey();
    const version = await created(store, key, recordOf("before"));
    const refused = [
      { data: "\ud800", expires: Date.now() + 1000 },
      { data: undefined as unknown as string, expires: Date.now() + 1000 },
      { data: { a: 1 } as unknown as string, expires: Date.now() + 1000 },
      { data: "1", expires: NaN },
      { data: "1", expires: Infinity },
      { data: "1", expires: "tomorrow" as unknown as number },
    ];
    for (const record of refused) {
      for (
        const action of [
          () => store.create(newKey(), record),
          () => store.update(key, record, version),
        ]
      ) {
        await assertRejects(action, TypeError, "Cannot keep session record as its");
      }
    }

    assertEquals((await present(store, key)).version, version);
    await close?.();
  });
}
