// Through a real server and a socket, since no client of fetch sends what an attacker sends.
import { assertEquals } from "@std/assert";
import { CookieJar } from "../../cookies/cookie_jar.ts";
import { keys } from "./_vectors.ts";

Deno.test("CookieJar reads several Cookie lines of one request", async () => {
  const body = await served("Cookie: a=1\r\nCookie: b=2; c=3\r\n", (jar) => [jar.get("a"), jar.get("b"), jar.get("c")]);
  assertEquals(body, ["1", "2", "3"]);
});

Deno.test("CookieJar does not take the raw bytes of white space for part of another cookie's edge", async () => {
  const lines = "Cookie: \xa0__Host-id=1\r\nCookie: a=0;\x85__Host-id=2\r\nCookie: __host-id=3\r\n";
  assertEquals(await served(lines, (jar) => jar.get("__Host-id") ?? null), null);
});

Deno.test("CookieJar reads raw bytes and a header of 8 KiB without throwing", async () => {
  const lines = `Cookie: a="\\303\xc3\xa9"; b=\xff\xfe; ${";=".repeat(4000)}; c=1\r\n`;
  assertEquals(await served(lines, (jar) => [jar.get("a"), jar.get("b"), jar.get("c")]), [
    "Ã\u00c3\u00a9",
    "\xff\xfe",
    "1",
  ]);
});

Deno.test("CookieJar writes lines that arrive as they were written", async () => {
  const every = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
  await using server = serve((jar) => {
    jar.set("a", every);
    jar.setSealed("b", { every });
    jar.delete("c");
    return null;
  });
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  await response.body?.cancel();
  const lines = response.headers.getSetCookie();
  assertEquals(lines.length, 3);
  // What a browser would send back; a semicolon in a value is written as an escape.
  const sentBack = new CookieJar(lines.map((line) => line.split(";")[0]).join("; "), { keys });
  assertEquals(sentBack.get("a"), every);
  assertEquals(sentBack.getSealed("b"), { every });
  assertEquals(sentBack.get("c"), "");
});

async function served(lines: string, read: (jar: CookieJar) => unknown): Promise<unknown> {
  await using server = serve(read);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const request = `GET / HTTP/1.1\r\nHost: localhost\r\n${lines}Connection: close\r\n\r\n`;
  await connection.write(Uint8Array.from(request, (character) => character.charCodeAt(0)));
  const text = await new Response(connection.readable).text();
  return JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
}

function serve(read: (jar: CookieJar) => unknown): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const jar = new CookieJar(request.headers.get("cookie"), { keys });
    const response = Response.json(read(jar));
    jar.applyTo(response.headers);
    return response;
  });
}
