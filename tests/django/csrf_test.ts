/** CSRF secrets and tokens, beside Django's. */

import { assertEquals } from "@std/assert";
import { csrfFormatProblem, csrfSecretOf, maskCsrfSecret, newCsrfSecret } from "../../middleware/csrf_token.ts";
import { agree } from "./_agreement.ts";
import { djangoTest } from "./_django.ts";
import { PRINTABLE, type Random, WELL_FORMED } from "./_random.ts";

djangoTest("CSRF tokens", {
  "what we mask, Django unmasks, and takes for the secret": (django) =>
    agree({
      count: 2500,
      make: (random) => ({ secret: makeSecret(random), mask: makeSecret(random), isOurs: random.chance(0.5) }),
      async ask(inputs) {
        const items = inputs.map(({ secret, mask, isOurs }) => ({
          secret,
          token: isOurs ? maskCsrfSecret(secret) : maskCsrfSecret(secret, mask),
        }));
        const [unmasked, matched] = [await django.all("unmask", items), await django.all("tokens_match", items)];
        return inputs.map((_, i) => [unmasked[i]!.value, matched[i]!.value]);
      },
      check: ({ secret }, answer) => assertEquals(answer, [{ secret }, true]),
    }),

  "what Django masks, we unmask": (django) =>
    agree({
      count: 2500,
      make: (random) => ({ secret: makeSecret(random) }),
      ask: (inputs) => django.all<string>("mask", inputs),
      check({ secret }, { value: token }) {
        assertEquals([csrfFormatProblem(token!), csrfSecretOf(token!)], [undefined, secret]);
        // Its mask, masked by us, is its token again.
        assertEquals(maskCsrfSecret(secret, token!.slice(0, 32)), token);
      },
    }),

  "what is no token is refused in the same words, and what is one has the same secret": (django) =>
    agree({
      count: 2500,
      make: (random) => ({ token: makeToken(random) }),
      ask: (inputs) => django.all("unmask", inputs),
      check({ token }, { value }) {
        const problem = csrfFormatProblem(token);
        assertEquals(problem === undefined ? { secret: csrfSecretOf(token) } : { problem }, value);
      },
    }),
});

const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function makeSecret(random: Random): string {
  return random.chance(0.05) ? newCsrfSecret() : Array.from({ length: 32 }, () => random.pick([...ALPHABET])).join("");
}

function makeToken(random: Random): string {
  const token = Array.from({ length: random.pick([0, 1, 31, 32, 32, 33, 63, 64, 64, 65]) }, () => {
    return random.pick([...ALPHABET]);
  }).join("");
  if (random.chance(0.3)) return random.damaged(token);
  if (!random.chance(0.5)) return token;
  // As long as a token, in one way of counting or the other.
  const foreign = random.text(4, random.chance(0.5) ? WELL_FORMED : [PRINTABLE]);
  return foreign + token.slice(random.chance(0.5) ? foreign.length : [...foreign].length);
}
