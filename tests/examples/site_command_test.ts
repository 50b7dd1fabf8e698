import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { STORE_NAMES, type StoreName } from "../../examples/site/session_stores.ts";
import { TestBrowser } from "../../testing/test_browser.ts";
import { enter, nameIn } from "./_accounts.ts";
import { cartCountIn, fieldIn, messagesIn, tokenIn } from "./_pages.ts";
import { runShop, startShop } from "./_running_shop.ts";

Deno.test("the shop in Deno KV keeps the cart when it is closed with Ctrl-C and opened again", async () => {
  assertEquals(await cartAfterRestart("kv", "SIGINT"), 2);
});

Deno.test("the shop in Deno KV keeps the cart when it is killed", async () => {
  assertEquals(await cartAfterRestart("kv", "SIGKILL"), 2);
});

Deno.test("the shop in files keeps the cart when it is closed and opened again", async () => {
  assertEquals(await cartAfterRestart("file", "SIGTERM"), 2);
});

Deno.test("the shop in files keeps the cart when it is killed", async () => {
  assertEquals(await cartAfterRestart("file", "SIGKILL"), 2);
});

Deno.test("the shop in cookies keeps the cart when it is killed", async () => {
  assertEquals(await cartAfterRestart("cookie", "SIGKILL"), 2);
});

Deno.test("the shop in memory forgets the cart, as it says", async () => {
  assertEquals(await cartAfterRestart("memory", "SIGINT"), 0);
});

/** Puts two books into the cart, stops the shop, opens it again, and looks. */
async function cartAfterRestart(store: StoreName, signal: Deno.Signal): Promise<number> {
  const data = await Deno.makeTempDir();
  try {
    const first = await startShop([`--store=${store}`, `--data=${data}`]);
    const before = browserOf(first.origin);
    await add(before, "typhoon");
    await add(before, "the-clouds");
    const { code, output } = await first.stop(signal);
    if (signal !== "SIGKILL") {
      assertEquals([code, output.trim()], [0, "The shop is closed."]);
    }

    const second = await startShop([`--store=${store}`, `--data=${data}`]);
    // The port is another one, but cookies don't know about ports.
    const after = browserOf(second.origin);
    after.cookies.adopt(before.cookies.all());
    const page = await after.text("/cart/");
    // Messages travel in a signed cookie: they outlive the restart whatever the store is, as the key does.
    assertEquals(messagesIn(page), ["“The Clouds” is in your cart."]);
    await second.stop("SIGTERM");
    return cartCountIn(page);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

Deno.test("the shop keeps accounts when it is killed, wherever it keeps sessions that last", async () => {
  for (const store of ["kv", "file", "cookie"] as const) {
    const data = await Deno.makeTempDir();
    const first = await startShop([`--store=${store}`, `--data=${data}`]);
    const before = browserOf(first.origin);
    assertEquals(await statusOf(enter(before, "/sign-up/", "Ada")), 303);
    await first.stop("SIGKILL");

    const second = await startShop([`--store=${store}`, `--data=${data}`]);
    const after = browserOf(second.origin);
    after.cookies.adopt(before.cookies.all());
    assertEquals(nameIn(await after.text("/account/")), "Ada", "the session is there");
    assertEquals(await statusOf(enter(browserOf(second.origin), "/sign-in/", "ada")), 303, "and the account");
    await second.stop("SIGTERM");
    await Deno.remove(data, { recursive: true });
  }
});

function browserOf(origin: string): TestBrowser {
  return new TestBrowser((request) => fetch(request), { origin });
}

/** Lets the body go: it holds the connection. */
async function statusOf(asking: Promise<Response>): Promise<number> {
  const response = await asking;
  await response.body?.cancel();
  return response.status;
}

async function add(browser: TestBrowser, book: string): Promise<void> {
  const page = await browser.text(`/books/${book}/`);
  const fields = { csrfmiddlewaretoken: tokenIn(page), book, ticket: fieldIn(page, "ticket") };
  assertEquals(await statusOf(browser.post("/cart/add/", fields)), 303);
}

Deno.test("the shop says where it is and what to try, and makes a key that only its user can read", async () => {
  const data = `${await Deno.makeTempDir()}/new`;
  const shop = await startShop([`--data=${data}`]);

  assertMatch(shop.greeting, /Librairie des Nuages is open:\s+http:\/\/127\.0\.0\.1:\d+\//);
  assertStringIncludes(shop.greeting, "in Deno KV");
  assertStringIncludes(shop.greeting, "Try ");
  assert(shop.greeting.split("\n").every((line) => line.length <= 120));
  assertEquals((await Deno.stat(data)).mode! & 0o777, 0o700);
  assertEquals((await Deno.stat(`${data}/secret-key`)).mode! & 0o777, 0o600);
  assertEquals((await Deno.readTextFile(`${data}/secret-key`)).length, 64);
  await shop.stop("SIGTERM");
  await Deno.remove(data, { recursive: true });
});

Deno.test("the shop promises that two tabs both count only where its store keeps that", async () => {
  const tabs = "empty the cart in one tab while you add a book in another: ";
  for (
    const [store, outcome] of [
      ["kv", "nothing is lost, nothing comes back"],
      ["file", "nothing is lost, nothing comes back"],
      ["memory", "nothing is lost, nothing comes back"],
      ["cookie", "the last answer wins"],
    ] as const
  ) {
    const data = await Deno.makeTempDir();
    const shop = await startShop([`--store=${store}`, `--data=${data}`]);
    assertStringIncludes(shop.greeting, tabs + outcome);
    await shop.stop("SIGTERM");
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("the shop tells its keeper what it refuses, and with --debug shows errors to visitors", async () => {
  const data = await Deno.makeTempDir();
  const shop = await startShop(["--store=memory", "--debug", `--data=${data}`]);
  const browser = browserOf(shop.origin);

  const foreign = { from: "https://elsewhere.example" };
  assertEquals(await statusOf(browser.post("/cart/add/", { book: "typhoon" }, foreign)), 403);
  const page = await browser.text("/breakage/exception/", { headers: { Accept: "text/html" } });

  assertStringIncludes(page, "The roof of the shop blew away");
  const { output } = await shop.stop("SIGINT");
  assertMatch(output, /csrf\.rejected .*POST \/cart\/add\//);
  assertMatch(output, /exception .*GET \/breakage\/exception\//);
  await Deno.remove(data, { recursive: true });
});

Deno.test("the shop says what is wrong with its command line, and what else there is", async () => {
  for (
    const [args, complaint] of [
      [["--store=redis"], 'There is no store "redis"'],
      [["--port=http"], '"http" is no port'],
      [["--port=65536"], '"65536" is no port'],
      [["--colour=blue"], "Cannot understand --colour=blue"],
      [["books"], "Cannot understand books"],
    ] as const
  ) {
    const { code, stderr } = await runShop(args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, complaint);
    for (const store of STORE_NAMES) assertStringIncludes(stderr, store);
  }
  const { code, stdout } = await runShop(["--help"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "--hostname=NAME");
});

Deno.test("the shop says so when its port is taken", async () => {
  const data = await Deno.makeTempDir();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;

  const { code, stderr } = await runShop([`--port=${port}`, "--store=memory", `--data=${data}`]);

  assertEquals([code, stderr.trim()], [1, `Port ${port} is taken: choose another one, such as --port=${port + 1}`]);
  taken.close();
  await Deno.remove(data, { recursive: true });
});
