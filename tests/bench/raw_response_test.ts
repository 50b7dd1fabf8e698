import { assertEquals, assertThrows } from "@std/assert";
import { readResponse } from "../../bench/measure/raw_response.ts";

Deno.test("readResponse() waits until the body is whole", () => {
  const text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";
  for (let length = 0; length < text.length; length++) {
    assertEquals(readResponse(text.slice(0, length), false), undefined);
  }
  assertEquals(readResponse(text, false), { status: 200, head: "Content-Length: 5", body: "Hello", closes: false });
});

Deno.test("readResponse() joins chunks, whatever is in them", () => {
  const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  assertEquals(readResponse(`${head}5\r\n0\r\n\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n`, false)?.body, "0\r\n\r\nabc");
  assertEquals(readResponse(`${head}5\r\nHel`, false), undefined);
});

Deno.test("readResponse() reads a body without a length up to the end of the connection", () => {
  const text = "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nHel";
  assertEquals(readResponse(text, false), undefined);
  assertEquals(readResponse(text, true), { status: 200, head: "Connection: close", body: "Hel", closes: true });
  assertEquals(readResponse("HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", false)?.status, 304);
});

Deno.test("readResponse() refuses what is cut off, or no response", () => {
  assertThrows(() => readResponse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHel", true), Error, "cut off");
  assertThrows(() => readResponse("", true), Error, "cut off");
  assertThrows(() => readResponse("SSH-2.0\r\n\r\n", false), Error, "cut off, or none");
});
