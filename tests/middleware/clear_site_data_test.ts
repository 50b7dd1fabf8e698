/** clearSiteData(): what a browser forgets at sign-out. */

import { clearSiteData, pipeline, redirect, type SiteData } from "@nuages/web/middleware";
import { assertEquals, assertThrows } from "@std/assert";

const request = () => new Request("https://shop.example/sign-out/", { method: "POST" });
const sentFor = async (make: () => Response) => {
  const { headers, status } = await pipeline().handle(make)(request());
  return [status, headers.get("Clear-Site-Data"), headers.get("Cache-Control")];
};

Deno.test("clearSiteData() takes what was cached and stored, and leaves the cookies to who set them", async () => {
  assertEquals(await sentFor(() => clearSiteData(redirect("/"))), [303, '"cache", "storage"', "no-store"]);
});

Deno.test("clearSiteData() takes what it is told, from a response that can't be written too", async () => {
  assertEquals(
    await sentFor(() => clearSiteData(Response.redirect("https://shop.example/"), ["cookies", "executionContexts"])),
    [302, '"cookies", "executionContexts"', "no-store"],
  );
  const cached = () => new Response("bye", { headers: { "Cache-Control": "public, max-age=60" } });
  assertEquals(await sentFor(() => clearSiteData(cached(), ["*"])), [200, '"*"', "no-store"]);
});

Deno.test("clearSiteData() refuses what there isn't", () => {
  for (const data of [[], ["cookie"], ['"cache", "x'], "cache", null]) {
    assertThrows(() => clearSiteData(new Response(), data as SiteData[]), TypeError, "Cannot clear site data");
  }
});
