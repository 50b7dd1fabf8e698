import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { hostsAt } from "../../examples/site/hosts.ts";
import { KvRecords, MemoryRecords, type Records } from "../../examples/site/records.ts";
import { openShop } from "./_shop.ts";

/** Both kinds of records, each new. */
async function forBoth(test: (records: Records) => Promise<void>): Promise<void> {
  await test(new MemoryRecords());
  using kv = await Deno.openKv(":memory:");
  await test(new KvRecords(kv));
}

Deno.test("the shop's records are written all or none", async () => {
  await forBoth(async (records) => {
    assert(
      await records.write([{ key: ["users", "1"], value: { name: "Ada" } }, { key: ["names", "ada"], value: "1" }]),
    );
    const second = [{ key: ["users", "2"], value: { name: "ada" } }, { key: ["names", "ada"], value: "2" }] as const;

    assertEquals(await records.write(second), false);

    assertEquals(await records.read(["users", "2"]), undefined);
    assertEquals((await records.read(["names", "ada"]))?.value, "1");
  });
});

Deno.test("a record of the shop is changed only as it was read", async () => {
  await forBoth(async (records) => {
    await records.write([{ key: ["users", "1"], value: "old" }]);
    const before = await records.read(["users", "1"]);
    assert(await records.write([{ key: ["users", "1"], value: "new", previous: before! }]));
    assertNotEquals((await records.read(["users", "1"]))!.version, before!.version);

    assertEquals(await records.write([{ key: ["users", "1"], value: "late", previous: before! }]), false);
    assertEquals(await records.write([{ key: ["users", "9"], value: "ghost", previous: before! }]), false);

    assertEquals((await records.read(["users", "1"]))!.value, "new");
  });
});

Deno.test("the shop's records are listed from the last on, no further than asked", async () => {
  await forBoth(async (records) => {
    for (const place of ["2", "3", "1"]) await records.write([{ key: ["letters", place], value: `letter ${place}` }]);
    await records.write([{ key: ["users", "9"], value: "no letter" }]);

    assertEquals(await records.latest("letters", 2), ["letter 3", "letter 2"]);
    assertEquals(await records.latest("letters", 9), ["letter 3", "letter 2", "letter 1"]);
    assertEquals(await records.latest("attic", 9), []);
  });
});

Deno.test("the shop answers to where it listens, and to no other name", async () => {
  const local = ["localhost", ".localhost", "127.0.0.1", "[::1]"];
  assertEquals(hostsAt("127.0.0.1"), local);
  assertEquals(hostsAt("Shop.example"), [...local, "shop.example"]);
  assertEquals(hostsAt("2001:db8::1"), [...local, "[2001:db8::1]"]);
  assert(hostsAt("0.0.0.0").length > local.length);
  assert(hostsAt("::").every((host) => !host.includes("%")));

  const { browser, events } = openShop({ hosts: hostsAt("0.0.0.0") });
  for (const host of hostsAt("0.0.0.0").filter((host) => !host.startsWith("."))) {
    assertEquals((await browser.get(`http://${host}/wishlist/`)).status, 200, host);
  }
  assertEquals((await browser.get("http://evil.example/")).status, 400);
  // Elsewhere than on this machine, cookies go by https alone, and the shop says so.
  assertEquals(events.map(({ name }) => name).filter((name) => name !== "cookie.insecure_transport"), [
    "host.rejected",
  ]);
});
