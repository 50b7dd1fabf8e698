/** The language that a visitor has chosen, beside Django's `set_language` and `LocaleMiddleware`. */

import { parseCookies } from "@nuages/web/cookies";
import { locale, pipeline, routes, setLanguage } from "@nuages/web/middleware";
import { assertEquals } from "@std/assert";
import { agree } from "./_agreement.ts";
import { djangoTest, KEY } from "./_django.ts";
import { LATIN_1, PRINTABLE, type Random } from "./_random.ts";

const LANGUAGES = ["en", "de", "de-at", "es", "es-mx", "fr", "pt-br", "zh-hans", "zh-hant", "sr", "sr-latn", "nb"];

djangoTest("the language cookie", {
  "what setLanguage() sets, and what Django's set_language sets, is the same choice": (django) =>
    agree({
      count: 1000,
      make: (random) => ({ language: makeTag(random) }),
      async ask(inputs) {
        const theirs = await django.all<string | null>("language_cookie", inputs);
        return await Promise.all(inputs.map(async ({ language }, i) => {
          const body = new URLSearchParams({ language, next: "/" });
          const response = await site(new Request("https://shop.example/language/", { method: "POST", body }));
          return [
            valueOf(response.headers.get("Set-Cookie")),
            valueOf(theirs[i]!.value)?.toLowerCase(),
            theirs[i]!.error,
          ];
        }));
      },
      check({ language }, [ours, theirs, error]) {
        assertEquals(error, undefined);
        // Django takes every language that it has been translated into itself, whether the site has it or not.
        assertEquals(ours, LANGUAGES.includes(language.toLowerCase()) ? theirs : undefined);
      },
    }),

  "whatever is in the cookie, the two show the same language": (django) =>
    agree({
      count: 2000,
      make: (random) => ({ header: `django_language=${makeTag(random)}` }),
      async ask(inputs) {
        // In the cookie Django sometimes minds the case of the letters, and in Accept-Language it doesn't.
        const lower = inputs.map(({ header }) => ({ header: header.toLowerCase() }));
        const theirs = await django.all<string>("language", lower);
        return await Promise.all(inputs.map(async ({ header }, i) => {
          const response = await site(new Request("https://shop.example/", { headers: { Cookie: header } }));
          return [await response.text(), theirs[i]!.value?.toLowerCase()];
        }));
      },
      check({ header }, [ours, theirs]) {
        // What is no language tag is none here, and Django shortens it until it is.
        assertEquals(ours, TAG_REGEXP.test(parseCookies(header).get("django_language") ?? "") ? theirs : "en");
      },
    }),
}, { key: KEY, languages: LANGUAGES });

const TAG_REGEXP = /^[a-z]{1,8}(-[a-z0-9]{1,8})*$/i;
const site = pipeline().use(locale({ languages: LANGUAGES, defaultLanguage: "en" })).handle(routes({
  "POST /language/": setLanguage,
  "GET /": (_request, context) => new Response(context.language.toLowerCase()),
}));

function makeTag(random: Random): string {
  const tag = random.pick([
    ...LANGUAGES,
    "pt",
    "zh",
    "zh-tw",
    "zh-hans-cn",
    "zh-hant-tw",
    "de-ch",
    "de-at-x",
    "no",
    "it",
    "xx",
  ]);
  return random.pick([
    () => tag,
    () => tag,
    () => tag.toUpperCase(),
    () => tag.replace(/-([a-z]{2})$/, (_, region) => `-${region.toUpperCase()}`),
    () => tag.replaceAll("-", "_"),
    () => `${tag}-${random.word(4, "abcxyz019")}`,
    () => random.damaged(tag).replaceAll(/[^ -~]|[;"\\]/g, ""),
    () => random.text(8, [PRINTABLE, LATIN_1]).replaceAll(/[;"\\]/g, ""),
  ])();
}

function valueOf(line: string | null | undefined): string | undefined {
  return line?.split(/[=;]/)[1];
}
