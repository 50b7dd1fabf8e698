/** Every example is looked over as its reader would: the command, or check() in a test. */

import { check } from "@nuages/web/check";
import { assert, assertEquals } from "@std/assert";
import { loadApp } from "../../check/load_app.ts";

const FOLDER = new URL("../../examples/", import.meta.url);

Deno.test("no example has anything that check() finds", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".ts")) continue;
    if (!/export const app\b/.test(await Deno.readTextFile(new URL(name, FOLDER)))) continue;
    assertEquals(check(await loadApp(new URL(name, FOLDER).href)), [], name);
    count++;
  }
  assert(count > 5);
});
