/** What can't be kept is refused where it is set, with its place and the way out. */

import type { Session } from "@nuages/web/sessions";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { makeSite } from "./_site.ts";

// deno-lint-ignore no-explicit-any -- what types would refuse is what is tried here
type Any = any;

/** Does something with a session that holds `{ old: [1] }`, within a request, and gives what is stored afterwards. */
async function within(action: (session: Session<Any>) => void): Promise<unknown> {
  const browser = makeSite({}, { "/begin": (session) => session.set("old", [1]), "/act": action }).browser();
  await browser.get("/begin");
  const { status } = await browser.get("/act");
  assertEquals(status, 200);
  return await browser.json("/");
}

/** Sets a value that must be refused with this message, and sees to it that nothing was changed by that. */
async function assertRefused(value: unknown, message: string): Promise<void> {
  const stored = await within((session) => {
    assertThrows(() => session.set("a", value), TypeError, message);
    assertThrows(() => session.assign({ before: 1, a: value, after: 1 }), TypeError, message);
    assertThrows(() => session.setDefault("a", value), TypeError, message);
    assertThrows(() => session.update("a", () => value), TypeError, message);
    assertThrows(() => session.update("old", () => value), TypeError, message.replace('"a', '"old'));
    assertEquals([session.keys(), session.get("old"), session.modified], [["old"], [1], false]);
  });
  assertEquals(stored, { old: [1] });
}

Deno.test("a Date is refused, and the message says to keep its text", async () => {
  await assertRefused(new Date(0), 'Cannot keep "a" in the session as it is a Date: keep its text, date.toISOString()');
});

Deno.test("a Map and a Set are refused, and the message says what to keep instead", async () => {
  await assertRefused(
    new Map(),
    'Cannot keep "a" in the session as it is a Map: keep Object.fromEntries(map), or [...map]',
  );
  await assertRefused({ b: new Set() }, 'Cannot keep "a.b" in the session as it is a Set: keep [...set]');
});

Deno.test("a function, a symbol and a bigint are refused", async () => {
  await assertRefused(() => {}, 'Cannot keep "a" in the session as it is a function: keep plain data');
  await assertRefused([Symbol("b")], 'Cannot keep "a[0]" in the session as it is a symbol: keep plain data');
  await assertRefused(
    { b: [1n] },
    'Cannot keep "a.b[0]" in the session as it is a bigint: keep its text, String(value)',
  );
});

Deno.test("a number that JSON has no word for is refused", async () => {
  await assertRefused(NaN, 'Cannot keep "a" in the session as it is NaN: leave it out, or keep null');
  await assertRefused({ total: [1, -Infinity] }, 'Cannot keep "a.total[1]" in the session as it is -Infinity');
});

Deno.test("undefined in an array is refused, also where nothing was ever put", async () => {
  await assertRefused(
    [1, undefined],
    'Cannot keep "a[1]" in the session as it is undefined: keep null, or delete the key',
  );
  // deno-lint-ignore no-sparse-arrays -- this is the case
  await assertRefused([, 1], 'Cannot keep "a[0]" in the session as it is undefined');
  await assertRefused(new Array(3), 'Cannot keep "a[0]" in the session as it is undefined');
});

Deno.test("a value that contains itself is refused, one that is contained twice is not", async () => {
  const circle: Any = { inner: { list: [] } };
  circle.inner.list.push({ back: circle });
  await assertRefused(
    circle,
    'Cannot keep "a.inner.list[0].back" in the session as it contains itself: keep the parts without the way back',
  );

  const shared = { x: 1 };
  const stored = await within((session) => session.set("twice", { one: shared, two: [shared, shared] }));
  assertEquals(stored, { old: [1], twice: { one: { x: 1 }, two: [{ x: 1 }, { x: 1 }] } });
});

Deno.test("an instance of a class is refused, also one that extends Array", async () => {
  class Cart {
    items = [];
  }
  class Rows extends Array<number> {}
  await assertRefused(
    new Cart(),
    'Cannot keep "a" in the session as it is a Cart: keep plain data, such as { ...value }',
  );
  await assertRefused(Rows.of(1, 2), 'Cannot keep "a" in the session as it is a Rows: keep [...value]');
  await assertRefused(new (class {})(), 'Cannot keep "a" in the session as it is an object of a class');
  await assertRefused(Object.create({ inherited: 1 }), 'Cannot keep "a" in the session as');
  await assertRefused(new String("text"), 'Cannot keep "a" in the session as it is a String');
  await assertRefused(new Error("oops"), 'Cannot keep "a" in the session as it is an Error');
  await assertRefused(new Uint8Array(2), 'Cannot keep "a" in the session as it is a Uint8Array');
  await assertRefused(new URL("http://localhost/"), "keep its text, url.href");
  await assertRefused(/x/, 'Cannot keep "a" in the session as it is a RegExp');
});

Deno.test("what JSON would leave out or change is refused: symbols for keys, properties of an array, toJSON()", async () => {
  await assertRefused({ [Symbol("hidden")]: 1 }, 'Cannot keep "a" in the session as it has a symbol for a key');
  await assertRefused("abc".match(/b/), 'Cannot keep "a" in the session as it is an array with properties of its own');
  const money = Object.defineProperty({ amount: 5 }, "toJSON", { value: () => "5 EUR", enumerable: false });
  await assertRefused(money, 'Cannot keep "a" in the session as it has a toJSON() of its own: keep what that answers');
  await assertRefused({ toJSON: () => 1 }, 'Cannot keep "a.toJSON" in the session as it is a function');
  await assertRefused(
    Object.assign([1], { toJSON: () => [2] }),
    'Cannot keep "a" in the session as it is an array with',
  );
});

Deno.test("a value nested ten thousand deep is refused without overflowing the stack", async () => {
  let value: unknown = 1;
  for (let depth = 0; depth < 10_000; depth++) value = depth % 2 ? [value] : { v: value };

  await assertRefused(value, "in the session as it is nested more than 200 deep: keep it flatter");
});

Deno.test("a value nested two hundred deep is kept", async () => {
  let value: unknown = 1;
  for (let depth = 0; depth < 200; depth++) value = [value];

  assertEquals(await within((session) => session.set("deep", value)), { old: [1], deep: value });
});

Deno.test("an object without a prototype, a frozen one and one with getters are plain data", async () => {
  const bare = Object.assign(Object.create(null), { x: 1 });
  const stored = await within((session) => {
    session.assign({
      bare,
      frozen: Object.freeze({ list: Object.freeze([1]) }),
      getter: {
        get x() {
          return 2;
        },
      },
      proxied: new Proxy({ x: 3 }, {}),
    });
    session.update("proxied", (value) => ({ ...value, y: 4 }));
  });

  assertEquals(stored, { old: [1], bare: { x: 1 }, frozen: { list: [1] }, getter: { x: 2 }, proxied: { x: 3, y: 4 } });
});

Deno.test("a getter that answers something else each time is kept as it answered last", async () => {
  let answers = 0;
  const stored = await within((session) => {
    session.set("a", {
      get x() {
        return ++answers;
      },
    });
    session.get("a");
  });

  assertEquals(stored, { old: [1], a: { x: answers } });
});

Deno.test("a getter that throws is the program's error, and changes nothing", async () => {
  const stored = await within((session) => {
    const value = {
      get x(): never {
        throw new Error("not ready");
      },
    };
    assertThrows(() => session.set("a", value), Error, "not ready");
  });

  assertEquals(stored, { old: [1] });
});

Deno.test("a megabyte of text is kept where the store has room for it", async () => {
  const text = "ü🎉\n".repeat(200_000);

  assertEquals(await within((session) => session.set("text", text)), { old: [1], text });
});

Deno.test("the message never shows the value", async () => {
  const site = makeSite({}, { "/": (session) => session.set("card", { number: "4111 1111", valid: new Date() }) });
  await site.browser().get("/");
  const { message } = site.events[0]!.error as Error;

  assertStringIncludes(message, '"card.valid"');
  assertEquals(message.includes("4111"), false);
});

Deno.test("set(), update() and assign() that fail leave everything as it was, and the session stays usable", async () => {
  const stored = await within((session) => {
    assertThrows(() => session.assign({ good: 1, bad: NaN }));
    assertThrows(() => session.set("old", NaN));
    session.set("next", session.get("old"));
  });

  assertEquals(stored, { old: [1], next: [1] });
});

Deno.test("assign() deletes a key that is undefined, as set() does", async () => {
  assertEquals(await within((session) => session.assign({ a: 1, old: undefined })), { a: 1 });
});
