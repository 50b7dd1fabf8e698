import { assertEquals } from "@std/assert";
import { type Subject, testWith } from "./kit.ts";

/** Every value that JSON carries comes back as it was put in, whatever keeps it. */
export function keepingTests(subject: Subject): void {
  testWith(subject, "a value that JSON carries comes back equal", async (makeSite) => {
    const values = {
      texts: [
        "",
        "plain",
        'quotes " and \\ and \u2028',
        "\u0000\u0001\u007f",
        "ünïcödé 日本語 🎉",
        "\ud83c lone \udf89",
      ],
      numbers: [0, 1, -1, 0.1, 1e21, 5e-324, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 - 1, -(2 ** 53 - 1)],
      flags: [true, false],
      nothing: null,
      empty: [{}, [], [[]], [{}], { "": "" }],
      nested: { a: { b: { c: [1, [2, [3, { d: null }]]] } } },
      odd: { constructor: 1, toString: "x", length: 5, "10": "ten", "9": "nine" },
    };
    const received: unknown[] = [];
    const browser = makeSite({
      "/set": (session) => session.assign(values),
      "/get": (session) => void received.push(Object.fromEntries(session.entries())),
    }).browser();
    assertEquals((await browser.get("/set")).status, 200);
    await browser.get("/get");

    assertEquals(received, [values]);
  });

  testWith(subject, "a property that is undefined is one that isn't there", async (makeSite) => {
    const received: unknown[] = [];
    const browser = makeSite({
      "/set": (session) => session.set("a", { b: undefined, c: 1 }),
      "/get": (session) => void received.push(session.get("a")),
    }).browser();
    await browser.get("/set");
    await browser.get("/get");

    assertEquals(received, [{ c: 1 }]);
  });

  testWith(subject, "minus zero comes back as zero, which is all that JSON knows", async (makeSite) => {
    const browser = makeSite({
      "/set": (session) => session.set("a", -0),
      "/get": (session) => Object.is(session.get("a"), 0),
    }).browser();
    await browser.get("/set");

    assertEquals(await browser.json("/get"), true);
  });

  testWith(subject, "an object under two keys is two objects from the next request on", async (makeSite) => {
    const browser = makeSite({
      "/set": (session) => {
        const shared = { items: ["a"] };
        session.assign({ one: shared, two: shared });
        // Still one object here: a change is seen, and stored, under both.
        session.get("one").items.push("b");
      },
      "/change": (session) => session.get("one").items.push("c"),
    }).browser();
    await browser.get("/set");
    await browser.get("/change");

    assertEquals(await browser.json("/"), { one: { items: ["a", "b", "c"] }, two: { items: ["a", "b"] } });
  });

  testWith(subject, "a value is stored as it is when the view has answered", async (makeSite) => {
    const browser = makeSite({
      "/set": (session) => {
        const value = { steps: ["before"] };
        session.set("a", value);
        value.steps.push("after");
      },
    }).browser();
    await browser.get("/set");

    assertEquals(await browser.json("/"), { a: { steps: ["before", "after"] } });
  });
}
