/** `deno task example:django`, as a process of its own. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { importArguments } from "../../tools/import_map.ts";
import config from "../../deno.json" with { type: "json" };
import { exampleArguments } from "../../tools/example.ts";
import { isThere } from "../../tools/project.ts";
import { MISSING } from "./_observatory.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const reason = MISSING === undefined ? "" : ` (${MISSING})`;

Deno.test("deno task example:django starts the example", () => {
  const [, name] = /tools\/run\.ts example (\w+)$/.exec(config.tasks["example:django"].command)!;
  assertEquals(exampleArguments([name!], isThere), ["--allow-all", "examples/beside_django/main.ts"]);
});

Deno.test({
  name: `the shop beside Django opens, makes its key, and closes when it is told to${reason}`,
  ignore: MISSING !== undefined,
  async fn() {
    const data = await Deno.makeTempDir();
    const child = command(["--port=0", `--data=${data}`]).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let greeting = "";
    while (!greeting.includes("Ctrl-C")) {
      const { done, value } = await output.read();
      if (done) throw new Error(`The shop does not open: ${greeting}${await new Response(child.stderr).text()}`);
      greeting += value;
    }
    assertStringIncludes(greeting, "From Nuages  /cart/  /account/");
    const origin = /http:\/\/[^/\s]+/.exec(greeting)![0];
    for (const [path, side] of [["/", "Django"], ["/cart/", "Nuages"], ["/instruments/rain-gauge/", "Django"]]) {
      assertStringIncludes(await (await fetch(origin + path)).text(), `This page comes from <b>${side}</b>`);
    }
    const sheet = await fetch(`${origin}/static/observatory.css`);
    assertEquals([sheet.status, sheet.headers.get("Content-Type")], [200, "text/css; charset=utf-8"]);
    await sheet.body?.cancel();
    assertEquals((await fetch(`${origin}/static/..%2Fmain.ts`, { method: "HEAD" })).status, 404);
    // The admin is Django's as ever, behind the proxy.
    const admin = await fetch(`${origin}/admin/`, { redirect: "manual" });
    assertEquals([admin.status, admin.headers.get("Location")], [302, "/admin/login/?next=/admin/"]);
    await admin.body?.cancel();

    assert((await Deno.readTextFile(`${data}/secret-key`)).length >= 64);
    child.kill("SIGTERM");
    for (let chunk = await output.read(); !chunk.done; chunk = await output.read()) greeting += chunk.value;
    assertEquals([(await child.status).code, await new Response(child.stderr).text()], [0, ""]);
    assertStringIncludes(greeting, "Both halves are closed.");
    await Deno.remove(data, { recursive: true });
  },
});

Deno.test("the shop beside Django says what it needs where there is no Python", async () => {
  const cache = await Deno.makeTempDir();
  const env = { PATH: "", DJANGO_PYTHON: "", XDG_CACHE_HOME: cache };
  const { code, stderr } = await command(["--port=0", `--data=${cache}/data`], env).output();
  const said = new TextDecoder().decode(stderr);

  assertEquals(code, 1);
  assertStringIncludes(said, "there is no python3 from 3.10 on: install Python");
  assertStringIncludes(said, "DJANGO_PYTHON");
  await Deno.remove(cache, { recursive: true });
});

Deno.test("the shop beside Django explains itself, and what it doesn't understand", async () => {
  const help = await command(["--help"]).output();
  assertStringIncludes(new TextDecoder().decode(help.stdout), "Usage: deno task example:django");
  for (
    const [flag, words] of [["--prot=1", "There is no --prot"], ["--port=x", "A port is"], [
      "--moved=cart",
      "are paths",
    ]]
  ) {
    const { code, stderr } = await command([flag!]).output();
    assertEquals(code, 2);
    assertStringIncludes(new TextDecoder().decode(stderr), words!);
  }
});

function command(args: readonly string[], env: Record<string, string> = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ...importArguments(), "examples/beside_django/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
