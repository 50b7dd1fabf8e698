import { assertEquals } from "@std/assert";
import { setCookies } from "../_site.ts";
import { type Subject, testWith } from "./kit.ts";

/** The verbs that change a session, and changes inside a value. */
export function changingTests(subject: Subject): void {
  testWith(subject, "delete, pop, clear, assign and setDefault are kept", async (makeSite) => {
    const browser = makeSite({
      "/assign": (session) => session.assign({ a: 1, b: 2, c: 3 }),
      "/delete": (session) => [session.delete("a"), session.delete("nothing")],
      "/pop": (session) => [session.pop("b"), session.pop("nothing") ?? null],
      "/default": (session) => [session.setDefault("c", 9), session.setDefault("d", 4)],
      "/clear": (session) => session.clear(),
    }).browser();
    await browser.get("/assign");
    assertEquals([await browser.json("/delete"), await browser.json("/")], [[true, false], { b: 2, c: 3 }]);
    assertEquals([await browser.json("/pop"), await browser.json("/")], [[2, null], { c: 3 }]);
    assertEquals([await browser.json("/default"), await browser.json("/")], [[3, 4], { c: 3, d: 4 }]);
    await browser.get("/clear");
    assertEquals(await browser.json("/"), {});
  });

  testWith(subject, "a session emptied by clear() goes on under its cookie", async (makeSite) => {
    const browser = makeSite({
      "/set": (session) => session.set("a", 1),
      "/clear": (session) => session.clear(),
    }).browser();
    await browser.get("/set");
    const response = await browser.get("/clear");

    assertEquals([setCookies(response), await browser.json("/")], [["sessionid"], {}]);
    const read = await browser.get("/");
    assertEquals([setCookies(read), await read.json()], [[], {}]);
  });

  testWith(subject, "a change inside a value is kept, however the value was reached", async (makeSite) => {
    const browser = makeSite({
      "/begin": (session) => session.assign({ get: [1], entries: [1], values: [1], nested: { a: { b: [1] } } }),
      "/get": (session) => session.get("get").push(2),
      "/entries": (session) => {
        for (const [key, value] of session.entries()) if (key === "entries") value.push(2);
      },
      "/values": (session) => session.values()[2].push(2),
      "/nested": (session) => (session.get("nested").a.b.push(2), delete session.get("nested").a.none),
      "/default": (session) => session.setDefault("default", [1]).push(2),
      "/defaulted": (session) => session.setDefault("get", []).push(3),
      "/update": (session) => session.update("update", (value = [1]) => [...value]).push(2),
      "/set": (session) => {
        const value = [1];
        session.set("set", value);
        value.push(2);
      },
    }).browser();
    for (const path of ["begin", "get", "entries", "values", "nested", "default", "defaulted", "update", "set"]) {
      assertEquals((await browser.get(`/${path}`)).status, 200, path);
    }

    assertEquals(await browser.json("/"), {
      get: [1, 2, 3],
      entries: [1, 2],
      values: [1, 2],
      nested: { a: { b: [1, 2] } },
      default: [1, 2],
      update: [1, 2],
      set: [1, 2],
    });
  });

  testWith(subject, "what a fallback is changed to is not kept", async (makeSite) => {
    const browser = makeSite({ "/get": (session) => session.get("cart", []).push("book") }).browser();
    const response = await browser.get("/get");

    assertEquals([setCookies(response), await browser.json("/")], [[], {}]);
  });

  testWith(subject, "keys may be called anything", async (makeSite) => {
    const keys = [
      "__proto__",
      "constructor",
      "toString",
      "",
      " ",
      "c",
      "d",
      "e",
      "ключ 🗝",
      "\u0000",
      "\ud800",
      "a.b[0]",
    ];
    const long = "k".repeat(500);
    const browser = makeSite({
      "/set": (session) => [...keys, long].forEach((key, at) => session.set(key, { at })),
      "/get": (session) => [...keys, long].map((key) => [session.has(key), session.get(key)?.at]),
      "/keys": (session) => session.keys(),
      "/other": (
        session,
      ) => [session.has("valueOf"), session.get("hasOwnProperty") ?? null, session.delete("__defineGetter__")],
      "/update": (session) => session.update("__proto__", ({ at }) => ({ at: at + 100 })),
    }).browser();
    await browser.get("/set");

    assertEquals(await browser.json("/get"), [...keys, long].map((_, at) => [true, at]));
    assertEquals(await browser.json("/keys"), [...keys, long]);
    assertEquals(await browser.json("/other"), [false, null, false]);
    assertEquals(await browser.json("/update"), { at: 100 });
    assertEquals((await browser.json("/get"))[0], [true, 100]);
    assertEquals(({} as { at?: number }).at, undefined);
  });

  testWith(subject, "whole values may hold a property called __proto__", async (makeSite) => {
    const browser = makeSite({
      "/set": (session) => session.set("a", JSON.parse('{"__proto__": {"admin": true}, "b": 1}')),
      "/update": (session) => session.update("a", (value) => ({ ...value, c: 2 })) && null,
      "/text": (session) => [JSON.stringify(session.get("a")), session.get("a").admin ?? null],
    }).browser();
    await browser.get("/set");
    assertEquals(await browser.json("/text"), ['{"__proto__":{"admin":true},"b":1}', null]);
    await browser.get("/update");
    assertEquals(await browser.json("/text"), ['{"__proto__":{"admin":true},"b":1,"c":2}', null]);
  });

  testWith(subject, "the test cookie says whether the browser keeps cookies", async (makeSite) => {
    const site = makeSite({
      "/form": (session) => session.setTestCookie(),
      "/sent": (session) => {
        const worked = session.testCookieWorked();
        if (worked) session.deleteTestCookie();
        return worked;
      },
    });
    const [keeps, refuses] = [site.browser(), site.browser()];
    await keeps.get("/form");
    await refuses.get("/form");
    refuses.cookies.adopt([]);

    assertEquals([await keeps.json("/sent"), await refuses.json("/sent")], [true, false]);
    assertEquals(await keeps.json("/sent"), false);
  });
}
