import { assertEquals } from "@std/assert";
import { type Answer, askOnce, differences, requestText } from "../../bench/measure/answer.ts";

Deno.test("differences() finds none where only the connection, a time or something random differs", () => {
  const one = answer({
    "date": "Sat, 21 Nov 2026 03:00:00 GMT",
    "x-request-id": "2cc18dd0-42e7-44ab-a5df-b28765942895",
    "server-timing": "total;dur=5.9",
    "set-cookie": "sessionid=gXHEz93elRfoCeDr25BXqaEMHGUVOlU4RmTDO3b0vLI; Path=/",
  });
  const other = answer({
    "server": "another",
    "transfer-encoding": "chunked",
    "x-request-id": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "server-timing": "total;dur=0",
    "set-cookie": "sessionid=0000000000000000000000000000000000000000000; Path=/",
  });
  assertEquals(differences(one, other), []);
});

Deno.test("differences() finds what a side leaves out, adds or does otherwise", () => {
  const whole = answer({ "x-frame-options": "DENY", "x-request-id": "2cc18dd0-42e7-44ab-a5df-b28765942895" });
  assertEquals(differences(whole, answer({ "x-request-id": "2cc18dd0-42e7-44ab-a5df-b28765942895" })), [
    "x-frame-options: (missing) for DENY",
  ]);
  assertEquals(differences(whole, answer({ "x-frame-options": "DENY", "x-request-id": "1" })), [
    "x-request-id: 1 for (a random UUID)",
  ]);
  assertEquals(differences(whole, { ...whole, body: "Hello", status: 500 }), [
    "status 500 for 200",
    'another body: "Hello"',
  ]);
  const more = { ...whole, headers: new Map([...whole.headers, ["etag", ["x"]]]) };
  assertEquals(differences(whole, more), ["besides etag: x"]);
  assertEquals(differences(whole, more, ["etag"]), []);
});

Deno.test("askOnce() gives the answer of a server, with repeated headers and UTF-8", async () => {
  const headers = new Headers([["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], ["X-Sent", "yes"]]);
  const handler = (request: Request) =>
    new Response(`${request.method} ${request.headers.get("X-Asked")} ü`, { headers });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  const got = await askOnce(server.addr.port, requestText("POST", { "X-Asked": "so" }, "body"));
  assertEquals(got.body, "POST so ü");
  assertEquals(got.headers.get("set-cookie"), ["a=1", "b=2"]);
  assertEquals(got.headers.get("x-sent"), ["yes"]);
});

function answer(headers: Record<string, string>): Answer {
  return { status: 200, headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])), body: "" };
}
