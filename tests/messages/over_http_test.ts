// The whole way through a real server: what the wire, and not only a handler, makes of it.
import { assert, assertEquals } from "@std/assert";
import { redirect } from "@nuages/web/middleware";
import { lines, makeSite, type SiteOptions } from "./_site.ts";
import { randomText } from "./_storage_contract.ts";

Deno.test("over HTTP: a message is there behind a redirect, once", async () => {
  await using site = serve();
  const saved = await drop(site.ask("/save", { method: "POST" }));
  assertEquals([saved.status, saved.headers.get("Location")], [303, "/show"]);
  assertEquals(await (await site.ask("/show")).text(), "Saved.");
  assertEquals(await (await site.ask("/show")).text(), "");
});

Deno.test("over HTTP: HEAD and 304 show nothing", async () => {
  await using site = serve();
  await drop(site.ask("/save", { method: "POST" }));
  await drop(site.ask("/show", { method: "HEAD" }));
  await drop(site.ask("/304"));
  assertEquals(await (await site.ask("/show")).text(), "Saved.");
});

Deno.test("over HTTP: the largest cookie there can be passes both ways", async () => {
  await using site = serve({ cookie: { maxBytes: 4081 } });
  await drop(site.ask("/many", { method: "POST" }));
  assertEquals((await (await site.ask("/show")).text()).split("\n").length, 12);
  assertEquals(site.cookies(), []);
});

Deno.test("over HTTP: the header for scripts holds any text", async () => {
  await using site = serve({ header: "X-Messages" });
  const response = await drop(site.ask("/texts", { headers: { "X-Messages": "1" } }));
  const texts = JSON.parse(response.headers.get("X-Messages")!).map(({ text }: { text: string }) => text);
  assertEquals(texts, ["é ☃ 😀", "\r\n\r\nX: y", "\0\x7f"]);
});

Deno.test("over HTTP: a visitor who leaves while the page is made still finds the message on the next", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  await using site = serve({}, async () => {
    reached.resolve();
    await gate.promise;
  });
  await drop(site.ask("/save", { method: "POST" }));
  const controller = new AbortController();
  const leaving = site.ask("/slow", { signal: controller.signal }).catch((error: Error) => error.name);
  await reached.promise;
  controller.abort();
  assertEquals(await leaving, "AbortError");
  gate.resolve();
  assertEquals(await (await site.ask("/show")).text(), "Saved.");
});

/** Sends a request and lets its body go. */
async function drop(asking: Promise<Response>): Promise<Response> {
  const response = await asking;
  await response.body?.cancel();
  return response;
}

function serve(options: SiteOptions = {}, wait: () => Promise<void> = () => Promise.resolve()) {
  const { app } = makeSite(options, {
    "/save": (_request, { messages }) => {
      messages.success("Saved.");
      return redirect("/show");
    },
    "/304": async (_request, { messages }) => {
      await messages.read();
      return new Response(null, { status: 304 });
    },
    "/many": (_request, { messages }) => {
      for (let number = 0; number < 12; number++) messages.info(randomText(500));
      return new Response(null, { status: 204 });
    },
    "/texts": (_request, { messages }) => {
      for (const text of ["é ☃ 😀", "\r\n\r\nX: y", "\0\x7f"]) messages.info(text);
      return new Response("ok");
    },
    "/slow": async (_request, { messages }) => {
      const text = lines(await messages.read());
      await wait();
      return new Response(text);
    },
  });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app);
  const kept = new Map<string, string>();
  return {
    /** Sends a request with the cookies there are, and keeps those that come back. */
    async ask(path: string, init: RequestInit = {}): Promise<Response> {
      const headers = new Headers(init.headers);
      headers.set("Cookie", [...kept].map(([name, value]) => `${name}=${value}`).join("; "));
      const address = `http://127.0.0.1:${server.addr.port}${path}`;
      const response = await fetch(address, { ...init, headers, redirect: "manual" });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        assert(!line.includes("Secure"), line);
        if (line.includes("Max-Age=0")) kept.delete(name!);
        else kept.set(name!, value!);
      }
      return response;
    },
    /** The names of the cookies about messages. */
    cookies: () => [...kept.keys()].filter((name) => name.includes("messages")),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
