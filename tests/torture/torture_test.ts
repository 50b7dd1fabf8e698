/** The short form of the first four experiments of `deno task torture`, on every store that this machine has. */

import { assertEquals } from "@std/assert";
import type { Row } from "../../torture/experiment.ts";
import { countOn } from "../../torture/experiments/counts.ts";
import { killServer } from "../../torture/experiments/killed_servers.ts";
import { killWriters } from "../../torture/experiments/killed_writers.ts";
import { endSessions } from "../../torture/experiments/logouts.ts";
import { type StoreKind, storeKind } from "../../torture/store_kinds.ts";

/** What is tried: the end of the test's name, and the stores. */
type Trial = (kind: StoreKind, directory: string) => Promise<Row>;

const ON_THIS_MACHINE = ["kv", "files", "sqlite"];
const ON_SERVERS = ["denokv", "postgres", "mariadb", "redis"];

tryOn(
  ["memory", ...ON_THIS_MACHINE, "cached", ...ON_SERVERS],
  "3 processes count to 240",
  (kind, directory) => {
    return countOn(kind, { increments: 240, processes: 3, sessions: 1 }, directory);
  },
);

tryOn(ON_THIS_MACHINE, "8 writers that are killed lose nothing and leave nothing", (kind, directory) => {
  return killWriters(kind, 8, directory);
});

tryOn(ON_SERVERS, "a server that is killed twice loses nothing, and sites find it again", (kind, directory) => {
  return killServer(kind, 2, directory);
});

tryOn(
  ["memory", ...ON_THIS_MACHINE, "cached", ...ON_SERVERS, "cookies"],
  "96 sessions that are ended while a request changes them stay ended",
  (kind, directory) => endSessions(kind, 96, directory),
);

function tryOn(kinds: readonly string[], what: string, trial: Trial): void {
  for (const name of kinds) {
    const kind = storeKind(name);
    const { title, missing } = kind;
    Deno.test({
      name: `sessions in ${title}: ${what}${missing === undefined ? "" : ` (${missing})`}`,
      ignore: missing !== undefined,
      async fn() {
        const directory = await Deno.makeTempDir();
        try {
          assertEquals((await trial(kind, directory)).broken, []);
        } finally {
          await Deno.remove(directory, { recursive: true });
        }
      },
    });
  }
}
