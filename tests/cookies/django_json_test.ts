import { assertEquals, assertThrows } from "@std/assert";
import { assertJsonValue, djangoJson } from "../../cookies/django_json.ts";
import { vectors } from "./_vectors.ts";

Deno.test("djangoJson() writes ASCII only, as Python does", () => {
  assertEquals(djangoJson("é☃"), String.raw`"\u00e9\u2603"`);
  assertEquals(djangoJson("😀"), String.raw`"\ud83d\ude00"`);
  assertEquals(djangoJson("\x7f\x80"), String.raw`"\u007f\u0080"`);
  assertEquals(djangoJson("\u2028\u2029"), String.raw`"\u2028\u2029"`);
});

Deno.test("djangoJson() writes lone surrogates as escapes, and JSON.parse gives them back", () => {
  assertEquals(djangoJson("\ud800"), String.raw`"\ud800"`);
  assertEquals(djangoJson("x\udc00y"), String.raw`"x\udc00y"`);
  assertEquals(JSON.parse(djangoJson("\ud800")), "\ud800");
});

Deno.test("djangoJson() escapes control characters as Python does", () => {
  assertEquals(djangoJson('"\\/\b\f\n\r\t\0\x1f'), String.raw`"\"\\/\b\f\n\r\t\u0000\u001f"`);
});

Deno.test("djangoJson() writes no spaces, and with `spaced` those of Python's default", () => {
  assertEquals(djangoJson({ a: [1, 2, { b: null }], c: true }), '{"a":[1,2,{"b":null}],"c":true}');
  assertEquals(
    djangoJson({ a: [1, 2, { b: null }], c: true }, { spaced: true }),
    '{"a": [1, 2, {"b": null}], "c": true}',
  );
});

Deno.test("djangoJson() puts no spaces into strings", () => {
  assertEquals(djangoJson({ 'a,:"b': 'c,:\\"d\\' }, { spaced: true }), String.raw`{"a,:\"b": "c,:\\\"d\\"}`);
});

Deno.test("djangoJson() writes the messages that Django keeps in a session", () => {
  const messages = [
    ["__json_message", 0, 20, "hello"],
    ["__json_message", 1, 40, "<b>x</b>", "a b"],
    ["__json_message", 0, 25, "☃", ""],
  ];
  assertEquals(djangoJson(messages, { spaced: true }), vectors["messages session json"]);
});

Deno.test("djangoJson() writes numbers as JavaScript does", () => {
  assertEquals(djangoJson([1, 1.5, -0.1, 1e21, 1e-7]), "[1,1.5,-0.1,1e+21,1e-7]");
});

Deno.test("djangoJson() leaves out properties that are undefined", () => {
  assertEquals(djangoJson({ a: undefined, b: 1 }), '{"b":1}');
});

Deno.test("djangoJson() writes objects without a prototype, and any key", () => {
  const bare = Object.assign(Object.create(null), { a: 1 });
  assertEquals(djangoJson(bare), '{"a":1}');
  assertEquals(djangoJson(JSON.parse('{"__proto__":{"x":1}}')), '{"__proto__":{"x":1}}');
});

Deno.test("djangoJson() writes one object in two places", () => {
  const shared = { a: 1 };
  assertEquals(djangoJson([shared, shared]), '[{"a":1},{"a":1}]');
});

Deno.test("djangoJson() refuses what would come back as something else, and says where", () => {
  const text = (what: string, where = "value") =>
    `Cannot write ${where} as JSON as JSON cannot carry it: received ${what}`;
  assertThrows(() => djangoJson(undefined), TypeError, text("undefined"));
  assertThrows(() => djangoJson([undefined]), TypeError, text("undefined", "value[0]"));
  assertThrows(() => djangoJson({ a: { b: [1, NaN] } }), TypeError, text("NaN", "value.a.b[1]"));
  assertThrows(() => djangoJson(Infinity), TypeError, text("Infinity"));
  assertThrows(() => djangoJson({ f: () => 1 }), TypeError, text("a function", "value.f"));
  assertThrows(() => djangoJson([Symbol("s")]), TypeError, text("a symbol", "value[0]"));
  assertThrows(() => djangoJson(1n), TypeError, text("a bigint"));
  assertThrows(() => djangoJson(new Date(0)), TypeError, text("an instance of Date"));
  assertThrows(() => djangoJson({ m: new Map() }), TypeError, text("an instance of Map", "value.m"));
  assertThrows(() => djangoJson(new Uint8Array(1)), TypeError, text("an instance of Uint8Array"));
  assertThrows(() => djangoJson(new (class {})()), TypeError, text("an instance of a class"));
  assertThrows(() => djangoJson({ toJSON: () => 1 }), TypeError, text("an object with toJSON"));
  // deno-lint-ignore no-sparse-arrays -- a hole would come back as null
  assertThrows(() => djangoJson([1, , 2]), TypeError, text("undefined", "value[1]"));
});

Deno.test("djangoJson() refuses a cycle and what is nested beyond reason", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = [cycle];
  assertThrows(() => djangoJson(cycle), TypeError, "value.self[0] as JSON as JSON cannot carry it: received a cycle");
  let deep: unknown = 0;
  for (let level = 0; level < 500; level++) deep = [deep];
  assertEquals(djangoJson(deep).length, 1001);
  assertThrows(() => djangoJson([deep]), TypeError, "more than 500 levels");
});

Deno.test("assertJsonValue() calls the value what it is told to", () => {
  assertThrows(() => assertJsonValue({ a: NaN }, "session.cart"), TypeError, "Cannot write session.cart.a as JSON");
});
