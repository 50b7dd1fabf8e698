import { assert, assertMatch } from "@std/assert";
import { keepCoresAwake } from "../../bench/measure/wakefulness.ts";

Deno.test("keepCoresAwake() keeps them awake until it is disposed of, or says why it can't", () => {
  using first = keepCoresAwake();
  {
    using second = keepCoresAwake();
    assert(second.problem === first.problem);
  }
  if (first.problem !== undefined) assertMatch(first.problem, /cpu_dma_latency can't be written \(\w+\)/);
});
