import { pipeline } from "@nuages/web/middleware";
import { assert, assertEquals, assertMatch } from "@std/assert";

/** A view whose page is made while it is sent. */
function streaming(late: () => void): Response {
  return new Response(
    new ReadableStream({
      pull(controller) {
        late();
        controller.close();
      },
    }, { highWaterMark: 0 }),
  );
}

Deno.test("a cookie that is set when the response has left is an error, as it would be lost", async () => {
  let said: unknown;
  const app = pipeline().handle((_request, context) => {
    context.cookies.set("first", "1");
    return streaming(() => {
      try {
        context.cookies.set("second", "2");
      } catch (error) {
        said = error;
      }
    });
  });

  const response = await app(new Request("http://localhost/"));
  await response.text();

  assertEquals(response.headers.getSetCookie().length, 1);
  assert(said instanceof Error);
  assertMatch(said.message, /response has left/);
});

Deno.test("cookies that are first looked at when the response has left can be read, not set", async () => {
  let said: unknown;
  let read: string | undefined;
  const app = pipeline().handle((_request, context) =>
    streaming(() => {
      read = context.cookies.get("theme");
      try {
        context.cookies.set("theme", "light");
      } catch (error) {
        said = error;
      }
    })
  );

  const response = await app(new Request("http://localhost/", { headers: { Cookie: "theme=dark" } }));
  await response.text();

  assertEquals(read, "dark");
  assert(said instanceof Error);
});
