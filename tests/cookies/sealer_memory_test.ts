import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { importArguments } from "../../tools/import_map.ts";

// A cipher of node:crypto that is not finished keeps its memory on Deno: a kilobyte for each message, for ever.
Deno.test("Sealer keeps no memory, neither of what it seals nor of what it refuses", async () => {
  const script = fromFileUrl(new URL("./_sealing_load.ts", import.meta.url));
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "--allow-all", ...importArguments(), script] });
  const { stdout, success } = await command.output();
  assert(success);
  const growth = Number(new TextDecoder().decode(stdout));
  // 90 000 times a kilobyte would be 90 MB; what the collector has not got to yet is far less.
  assert(growth < 45_000_000, `grew by ${growth} bytes`);
});
