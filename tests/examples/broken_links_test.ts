import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createApp } from "../../examples/broken_links.ts";
import { MailServer } from "./_mail_server.ts";

const mails = { from: "site@example.com", to: "managers@example.com" };
const ask = (path: string, referer?: string) =>
  new Request(`https://example.com${path}`, {
    headers: { "User-Agent": "Mozilla/5.0", ...(referer === undefined ? {} : { Referer: referer }) },
  });

Deno.test("broken_links.ts mails a link of its own that leads nowhere, and no other", async () => {
  await using server = new MailServer();
  const sent: Promise<unknown>[] = [];
  const app = createApp({ server: server.address, ...mails }, { sent: (mail) => sent.push(mail) });

  assertEquals((await app(ask("/jobs/", "https://example.com/"))).status, 404);
  assertEquals((await app(ask("/about", "https://example.com/"))).status, 301);
  assertEquals((await app(ask("/favicon.ico", "https://example.com/"))).status, 404);
  assertEquals((await app(ask("/jobs/"))).status, 404);
  await Promise.all(sent);

  assertEquals(server.mails.length, 1);
  const [{ from, to, data }] = server.mails as [typeof server.mails[0]];
  assertEquals([from, to], ["site@example.com", ["managers@example.com"]]);
  assertStringIncludes(data, "Subject: Broken INTERNAL link on example.com\n");
  assertStringIncludes(
    data,
    "Referrer: https://example.com/\nRequested URL: /jobs/\nUser agent: Mozilla/5.0\nIP address: 127.0.0.1",
  );
});

Deno.test("broken_links.ts answers although the mail server is down", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const sent: Promise<unknown>[] = [];
  const events: string[] = [];
  const app = createApp({ server: `smtp://127.0.0.1:${port}`, ...mails }, {
    sent: (mail) => sent.push(mail),
    onEvent: ({ name, message }) => events.push(`${name}: ${message}`),
  });
  assertEquals((await app(ask("/jobs/", "https://example.com/"))).status, 404);
  await assertRejects(() => sent[0]!, Error, "ECONNREFUSED");
  await Promise.resolve();
  assertEquals(events, ["exception: Unexpected exception in the report of brokenLinks()"]);
});
