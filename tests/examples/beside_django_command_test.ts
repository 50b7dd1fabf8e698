/** `deno task example:django`, as a process of its own. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { fromFileUrl, toFileUrl } from "@std/path";
import process from "node:process";
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

Deno.test({
  name: "the shop beside Django ends its Django when it is told to close before it is open",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    // A Django that takes for ever to listen, and tells which process it is.
    const python = `${folder}/python`;
    await Deno.writeTextFile(
      python,
      `#!/bin/sh\ncase "$*" in *runserver*) echo $$ > "${folder}/started"; exec sleep 60;; esac\n`,
    );
    await Deno.chmod(python, 0o755);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      const child = command(["--port=0", `--data=${folder}/data`], { DJANGO_PYTHON: python }).spawn();
      const django = await untilWritten(`${folder}/started`);
      child.kill(signal);
      const { code } = await child.status;
      assertThrows(() => process.kill(Number(django), "SIGKILL"), Error, "ESRCH");
      assertEquals([code, await new Response(child.stderr).text()], [0, ""]);
      assertStringIncludes(await new Response(child.stdout).text(), "Both halves are closed.");
      await Deno.remove(`${folder}/started`);
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("the shop beside Django finds its Django in a folder whose name has a space, and letters beyond ASCII", async () => {
  const folder = await Deno.makeTempDir({ prefix: "an école " });
  await Deno.symlink(`${ROOT}/examples`, `${folder}/examples`);
  const { MANAGE } = await import(toFileUrl(`${folder}/examples/beside_django/django.ts`).href);
  assertStringIncludes(await Deno.readTextFile(MANAGE), "execute_from_command_line");
  await Deno.remove(folder, { recursive: true });
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

/** The first line of a file, once somebody has written it. */
async function untilWritten(path: string): Promise<string> {
  for (;;) {
    const [line, ...others] = (await Deno.readTextFile(path).catch(() => "")).split("\n");
    if (others.length > 0) return line!;
    await delay(20);
  }
}

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
