import { assert, assertEquals } from "@std/assert";
import { FileStore } from "../../sessions/file_store.ts";
import { newKey } from "../../testing/_store/kit.ts";
import { emptyDirectory, filesBelow, recordFiles } from "./_directories.ts";
import { type Ending, runWorker } from "./_workers.ts";

/** What a trial is given. */
export interface Trial {
  readonly store: FileStore;
  readonly key: string;
  readonly path: string;
  /** Lets a worker do it, and die. */
  die(...args: unknown[]): Promise<Ending>;
}

/** Tries a method again and again, in which a process dies at its first request to the file system, at its second, … */
export async function atEveryRequest(method: string, trial: (trial: Trial) => Promise<Ending>): Promise<void> {
  for (const durable of [false, true]) {
    await using directory = await emptyDirectory();
    for (let request = 1;; request++) {
      const path = `${directory.path}/${request}`;
      const store = new FileStore(path, { durable });
      const die = async (...args: unknown[]) => {
        const texts = args.map((argument) => typeof argument === "string" ? argument : JSON.stringify(argument));
        const ending = await runWorker("die_at", [String(request), path, String(durable), method, ...texts]);
        // Now, before a later write or clearing puts the index right.
        await assertIndexed(path);
        return ending;
      };
      const { code, signal, output, errors } = await trial({ store, key: newKey(), path, die });
      await assertIndexed(path);
      if (signal === "SIGKILL") continue;
      assertEquals([code, errors], [0, ""]);
      assert(
        JSON.parse(output).left > 0 && request > 2,
        `${method}() makes only ${request} requests: is anything tried?`,
      );
      break;
    }
  }
}

/** There is a line for every record, with a deadline that is not after its own, and an entry on the list of its owner. */
async function assertIndexed(path: string): Promise<void> {
  const index = await indexOf(path);
  for (const [key, file] of await recordFiles(path)) {
    const [format, , expiresAt, , , owner] = (await Deno.readTextFile(file)).split(" ");
    const expires = Number(expiresAt);
    const deadlines = [...index.matchAll(new RegExp(`^${key} (\\S+)$`, "gm"))].map(([, deadline]) => Number(deadline));
    assert(deadlines.some((deadline) => deadline <= expires), "a record that clearing will never find");
    if (format === "nuages-session/2") {
      assert((await entriesOf(path, owner!)).includes(key), "a record that is on no list");
    }
  }
}

/** All lines of the index by expiry. */
export async function indexOf(path: string): Promise<string> {
  const files = (await filesBelow(path)).filter((file) => file.startsWith(".expiry/"));
  return (await Promise.all(files.map((file) => Deno.readTextFile(`${path}/${file}`)))).join("");
}

/** The keys that lie on an owner's list. */
export async function entriesOf(path: string, owner: string): Promise<string[]> {
  const files = (await filesBelow(path)).filter((file) => file.startsWith(".owners/"));
  return files.map((file) => file.split("/").slice(2)).filter(([name]) => name === owner).map(([, key]) => key!);
}
