// Run by sealer_memory_test.ts in a process of its own, where the memory is nobody else's. Prints by how many bytes it grew.
import { KeyRing } from "../../cookies/key_ring.ts";
import { Sealer } from "../../cookies/sealer.ts";
import { fakeKey } from "./_vectors.ts";

const sealer = new Sealer(new KeyRing(fakeKey("load")), { purpose: "tests" });
const sealed = sealer.seal("hello");
const forged = sealed.replace(/.$/, "") + (sealed.endsWith("A") ? "Q" : "A");

async function rounds(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    for (let index = 0; index < 100; index++) {
      sealer.seal("hello");
      sealer.unseal(sealed);
      sealer.unseal(forged);
    }
    // As between two requests: what is freed a moment later is no leak.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

await rounds(100);
const before = Deno.memoryUsage().rss;
await rounds(300);
await Deno.stdout.write(new TextEncoder().encode(String(Deno.memoryUsage().rss - before)));
