import type { SessionStore } from "../../sessions/store.ts";
import { equal, must } from "./expect.ts";
import { type Check, created, newKey, present, type Trial, updated } from "./kit.ts";

/** A text comes back exactly as it was given, whatever is in it. */
export const textChecks: readonly Check[] = [
  ["an empty text comes back", async (trial) => {
    await mustComeBack(trial, "");
  }],

  ["every character comes back", async (trial) => {
    const basic = Array.from({ length: 0x10000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
    const beyond = Array.from({ length: 0x1000 }, (_, index) => 0x10000 + index * 0x100);
    const codes = [...basic, ...beyond];
    // Four bytes at most each, and the smallest store takes 4096.
    for (let at = 0; at < codes.length; at += 1024) {
      await mustComeBack(trial, String.fromCodePoint(...codes.slice(at, at + 1024)));
    }
  }],

  ["what decoders and files like to change comes back", async (trial) => {
    for (const text of TRICKY) await mustComeBack(trial, text);
  }],

  ["a lone surrogate is refused with a TypeError, or comes back", async ({ store, recordOf }) => {
    for (const text of ["\ud800", "a\udc00b", "\udfff\ud800"]) {
      const key = newKey();
      const outcome = await store.create(key, recordOf(text)).catch((error) => error);
      if (outcome instanceof TypeError) {
        equal(await store.read(key), undefined, "what read() gives of a refused record");
      } else equal((await present(store, key)).data, text, "a text with a lone surrogate that was not refused");
    }
  }],
];

const TRICKY = [
  "\u{feff}{}",
  "\u{feff}\u{feff}",
  "\0",
  "a\0b\0",
  "\r\n\n\r",
  "  {} \t",
  "\n",
  "\u{2028}\u{2029}\u{85}",
  "e\u{301} \u{e9}",
  "\u{fffd}",
  "\u{ffff}\u{10ffff}",
  "__proto__",
  "\x1a",
  "'; --",
  "%s $1 ? :x",
  "\\",
  "null",
  "007",
  "1e3",
  "nuages-session/1 x\n",
];

/** Through create() and through update(). */
async function mustComeBack({ store, recordOf }: Trial, text: string): Promise<void> {
  const [one, two] = [newKey(), newKey()];
  await created(store, one, recordOf(text));
  await updated(store, two, recordOf(text), await created(store, two, recordOf("before")));
  await mustBe(store, one, text, "create()");
  await mustBe(store, two, text, "update()");
}

async function mustBe(store: SessionStore, key: string, text: string, method: string): Promise<void> {
  const { data } = await present(store, key);
  const shown = text.length > 40 ? `a text of ${text.length} characters` : JSON.stringify(text);
  must(data === text, `${method} must keep a text as it is: changed ${shown}`);
}
