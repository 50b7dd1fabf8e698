/** In programs of their own: `deno serve`, and what ends up on standard error. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { importArguments } from "../../tools/import_map.ts";
import { ROOT } from "../../tools/project.ts";

const APP = `
import { type Middleware, pipeline, routes } from "@nuages/web/middleware";

const stamp: Middleware = (next) => async (request, context) => {
  const response = await next(request, context);
  response.headers.set("X-Stamp", context.requestId);
  return response;
};

const app = pipeline().use(stamp).handle(routes({
  "GET /": (_request, context) => Response.json([context.client.address, context.client.loopback, context.url.pathname]),
  "POST /text": async (request) => new Response(await request.text()),
  "POST /form": async (_request, context) => Response.json([...(await context.form()).keys()]),
  "GET /slow": async (request) => {
    await new Promise((resolve) => request.signal.addEventListener("abort", resolve, { once: true }));
    throw request.signal.reason;
  },
  "GET /stream": () => {
    const timers: number[] = [];
    return new Response(new ReadableStream({
      start(controller) {
        timers.push(setInterval(() => controller.enqueue(new TextEncoder().encode("x".repeat(1000))), 5));
      },
      cancel: () => timers.forEach(clearInterval),
    }));
  },
}));
`;

/** Runs a program with Deno until the callback is done, and gives what it wrote to standard error. */
async function running(
  command: string[],
  program: string,
  use: (port: number) => Promise<void>,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/app.ts`, program);
  const [subcommand, ...options] = command;
  const child = new Deno.Command(Deno.execPath(), {
    args: [subcommand!, `--config=${ROOT}deno.json`, ...importArguments(), ...options, `${folder}/app.ts`],
    env: { NO_COLOR: "1", DENO_JOBS: "2" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let written = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) written += text;
  };
  const collecting = Promise.all([collect(child.stdout), collect(child.stderr)]);
  try {
    for (let i = 0; i < 500 && !/:\d+\/?\s/.test(written); i++) await delay(20);
    const port = Number(/:(\d+)\/?\s/.exec(written)?.[1]);
    assert(port > 0, written);
    await deadline(use(port), 15_000);
    await delay(50);
  } finally {
    child.kill("SIGKILL");
    await deadline(Promise.all([child.status, collecting]), 10_000);
    await Deno.remove(folder, { recursive: true });
  }
  return written;
}

async function expectAnswers(port: number): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`http://127.0.0.1:${port}/?a`).then((response) => response.json())),
  );
  for (const answer of answers) assertEquals(answer, ["127.0.0.1", true, "/"]);
  const sent = await fetch(`http://127.0.0.1:${port}/text`, { method: "POST", body: "hello" });
  assertEquals([sent.headers.get("X-Stamp")?.length, await sent.text()], [36, "hello"]);
}

Deno.test("deno serve takes an application as the default export", async () => {
  const program = `${APP}\nexport default app satisfies Deno.ServeDefaultExport;\n`;
  await running(["serve", "--port=0", "--host=127.0.0.1"], program, expectAnswers);
});

Deno.test("deno serve --parallel takes an application as the default export", async () => {
  const program = `${APP}\nexport default { fetch: app.fetch } satisfies Deno.ServeDefaultExport;\n`;
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  await running(["serve", "--parallel", `--port=${port}`, "--host=127.0.0.1"], program, expectAnswers);
});

Deno.test("visitors who leave write nothing to standard error", async () => {
  const program =
    `${APP}\nDeno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(\`:\${port}\`) }, app);\n`;
  const written = await running(["run", "--allow-net", "--unstable-no-legacy-abort"], program, async (port) => {
    const wires = [
      "POST /text HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
      "POST /text HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=1",
      "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HT",
      "",
    ];
    for (const wire of wires) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode(wire));
      await delay(50);
      connection.close();
    }
    await delay(100);
    await expectAnswers(port);
  });
  assertEquals(written.replace(/^:\d+\s*/, ""), "");
});

Deno.test("an exception is written to standard error once, through a server too", async () => {
  const program = `${APP}
    const broken = pipeline().use(stamp).handle(() => { throw new Error("boom"); });
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(\`:\${port}\`) }, broken);
    void app;
  `;
  let id = "";
  const written = await running(["run", "--allow-net"], program, async (port) => {
    const response = await fetch(`http://127.0.0.1:${port}/cart/?secret`);
    id = response.headers.get("X-Stamp")!;
    assertEquals(response.status, 500);
    assertStringIncludes(await response.text(), id);
  });
  assertEquals(written.match(/boom/g)?.length, 1);
  assertStringIncludes(written, `Unexpected exception in view: GET /cart/ (request ${id})\nError: boom\n`);
});
