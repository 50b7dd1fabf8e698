import { assertEquals, assertMatch } from "@std/assert";
import { Wakefulness } from "../../bench/measure/wakefulness.ts";

Deno.test("Wakefulness keeps cores awake, as often as it is asked, or says why it can't", () => {
  using wakefulness = new Wakefulness();
  const { problem } = wakefulness;
  if (problem !== undefined) assertMatch(problem, /cpu_dma_latency can't be written \(\w+\)/);
  wakefulness.keepAwake();
  wakefulness.letSleep();
  wakefulness.letSleep();
  wakefulness.keepAwake();
  assertEquals(wakefulness.problem, problem);
});
