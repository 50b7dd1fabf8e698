import { testMisuse } from "./_misuse.ts";
import { CLIENTS, disconnected, onRedis, REDIS } from "./_redis.ts";
import { testStore } from "./_store_contract.ts";

for (const name of CLIENTS) {
  const abilities = { clears: false, makeBroken: () => disconnected(name) };
  if (REDIS) testStore(`RedisStore through npm:${name} with two connections`, () => onRedis(name), abilities);
}
if (REDIS) testMisuse("RedisStore", () => onRedis("redis"));
