import { assertEquals } from "@std/assert";
import { importArguments } from "../../tools/import_map.ts";
import { DOORS, ROOT } from "../../tools/project.ts";

Deno.test("house: no door asks for what Deno makes when it is first asked for, which takes as long as starting a program", async () => {
  for (const door of DOORS) {
    // TemplateResponse is a Response, and Deno.serve asks for that anyway.
    const allowed = /^(?:mod\.ts|(?:middleware|project|testing)\/)/.test(door) ? ["Response"] : [];
    assertEquals({ door, touched: (await touchedBy(door)).filter((name) => !allowed.includes(name)) }, {
      door,
      touched: [],
    });
  }
});

async function touchedBy(door: string): Promise<string[]> {
  const args = ["run", "--quiet", "--allow-all", ...importArguments(), "tests/house/_touched.ts", door];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
