import { assert, assertEquals } from "@std/assert";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test("the README's program is examples/front_page.ts, which the compiler checks", async () => {
  const program = await Deno.readTextFile(new URL("../../examples/front_page.ts", import.meta.url));
  const [, shown] = /^```ts ignore\n(.*?)^```$/ms.exec(readme) ?? [];

  assertEquals(shown, program.slice(program.indexOf("import")));
});

Deno.test("the README's links lead somewhere", async () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target!);

  assert(targets.length > 5);
  for (const target of targets) await Deno.stat(new URL(`../../${target}`, import.meta.url));
});
