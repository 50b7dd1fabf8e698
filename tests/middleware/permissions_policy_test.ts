/** permissionsPolicy(): what pages may use of the machine. */

import {
  HttpError,
  type PermissionsPolicy,
  permissionsPolicy,
  pipeline,
  redirect,
  routes,
} from "@nuages/web/middleware";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";

const get = (path = "/") => new Request(`https://shop.example${path}`);
const sentFor = async (policy?: PermissionsPolicy) => {
  const app = pipeline().use(permissionsPolicy(policy)).handle(() => new Response("hello"));
  return (await app(get())).headers.get("Permissions-Policy");
};

Deno.test("permissionsPolicy() closes what a usual site never uses", async () => {
  assertEquals(
    await sentFor(),
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), " +
      "idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), " +
      "window-management=(), xr-spatial-tracking=()",
  );
});

Deno.test("permissionsPolicy() changes and adds features, one by one", async () => {
  const sent = await sentFor({
    camera: ["self"],
    geolocation: ["self", "https://maps.example", "https://*.tiles.example:8443"],
    payment: "*",
    usb: false,
    autoplay: [],
  });
  const members = new Map(sent!.split(", ").map((member) => member.split("=", 2) as [string, string]));
  assertEquals(members.get("camera"), "(self)");
  assertEquals(members.get("geolocation"), '(self "https://maps.example" "https://*.tiles.example:8443")');
  assertEquals(members.get("payment"), "*");
  assertEquals(members.has("usb"), false);
  assertEquals(members.get("autoplay"), "()");
  assertEquals(members.get("microphone"), "()");
});

Deno.test("permissionsPolicy() is on errors and redirects too, and a view has the last word", async () => {
  const app = pipeline({ onEvent() {} }).use(permissionsPolicy({ camera: ["self"] })).handle(routes({
    "/own": () => new Response("hello", { headers: { "Permissions-Policy": "camera=*" } }),
    "/redirect": () => redirect("/"),
    "/broken": () => {
      throw new Error("broken");
    },
    "/missing": () => {
      throw new HttpError(404);
    },
  }));
  for (const path of ["/redirect", "/broken", "/missing", "/nowhere"]) {
    assertStringIncludes((await app(get(path))).headers.get("Permissions-Policy")!, "camera=(self)", path);
  }
  assertEquals((await app(get("/own"))).headers.get("Permissions-Policy"), "camera=*");
});

Deno.test("permissionsPolicy() refuses what browsers would pass over, and what would end a member", () => {
  const refused: [Record<string, unknown>, string][] = [
    [{ kamera: [] }, 'no feature "kamera"'],
    [{ "camera=*, x": [] }, "no feature"],
    [{ camera: "self" }, '"*", a list or false'],
    [{ camera: true }, '"*", a list or false'],
    [{ camera: ["*"] }, "origins"],
    [{ camera: ["maps.example"] }, "origins"],
    [{ camera: ["https://maps.example/"] }, "origins"],
    [{ camera: ['https://maps.example") x=("'] }, "origins"],
    [{ camera: ["https://maps.example\r\nSet-Cookie: a=b"] }, "origins"],
    [{ camera: [""] }, "origins"],
  ];
  for (const [policy, message] of refused) assertThrows(() => permissionsPolicy(policy), TypeError, message);
  assertThrows(() => permissionsPolicy(["camera"] as never), TypeError, "must be an object");
});

Deno.test("permissionsPolicy() stays synchronous where nothing is awaited", () => {
  assertInstanceOf(pipeline().use(permissionsPolicy()).handle(() => new Response())(get()), Response);
});
