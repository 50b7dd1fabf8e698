import { assertEquals } from "@std/assert";
import { MemoryCache } from "../../middleware/memory_cache.ts";
import { OldestKeys } from "../../middleware/oldest_keys.ts";
import { assertLinear } from "../_growth.ts";

Deno.test("OldestKeys gives the keys of a map in the order in which they came, whatever is moved and removed between", () => {
  for (const most of [1, 2, 63, 64, 65, 1000]) {
    const map = new Map<number, number>();
    const oldest = new OldestKeys<number>();
    let next = 0;
    for (let step = 0; step < 20_000; step++) {
      const key = Math.floor(Math.random() * next);
      const what = Math.random();
      if (what < 0.3 && map.has(key)) {
        oldest.forget(key);
        map.delete(key);
        if (what < 0.25) map.set(key, step);
      } else {
        if (map.size === most) {
          const first = map.keys().next().value!;
          assertEquals(oldest.next(map), first);
          map.delete(first);
        }
        map.set(next++, step);
      }
    }
    for (const key of [...map.keys()]) {
      assertEquals(oldest.next(map), key);
      map.delete(key);
    }
    assertEquals(oldest.next(map), undefined);
    map.set(7, 7);
    assertEquals(oldest.next(map), 7);
  }
});

Deno.test("MemoryCache() makes room at the same cost however many entries it has", async () => {
  await assertLinear(40_000, [fullCache], ({ store, size }) => {
    for (let index = 0; index < size; index++) {
      store.write(String(index), { data: new Uint8Array(), expires: Infinity, tags: [], asOf: "0" });
    }
  });
});

Deno.test("MemoryCache() forgets a tag at the same cost however many it remembers", async () => {
  await assertLinear(40_000, [fullCache], ({ store, size }) => {
    for (let index = 0; index < 2 * size; index++) store.invalidate([String(index)]);
  });
});

function fullCache(size: number): { store: MemoryCache; size: number } {
  const store = new MemoryCache({ maxEntries: size });
  for (let index = 0; index < size; index++) {
    store.write(`before ${index}`, { data: new Uint8Array(), expires: Infinity, tags: [], asOf: "0" });
  }
  return { store, size };
}
