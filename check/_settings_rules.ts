import { messageLevels } from "../messages/message_levels.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** Options that can be meant, and mostly aren't. */
export function* settingsRules(stack: Stack): Generator<Finding> {
  for (const layer of stack.all("sessions")) {
    const { idleSeconds = Infinity } = factsOf<{ idleSeconds: number }>(layer);
    if (idleSeconds < 60) {
      yield {
        id: "session.short",
        level: "warning",
        layer: "sessions",
        message:
          `A session ends when it hasn't been used for ${idleSeconds} seconds, which is less than it takes to read a page.`,
        hint: "idleSeconds is in seconds; two weeks are the default.",
        problems: ["session doesn't stick"],
      };
    } else if (idleSeconds > TEN_YEARS && Number.isFinite(idleSeconds)) {
      yield {
        id: "session.long",
        level: "warning",
        layer: "sessions",
        message: `idleSeconds is ${idleSeconds}, some ${Math.round(idleSeconds / YEAR)} years: are these milliseconds?`,
        hint: "idleSeconds is in seconds; two weeks, the default, are 1_209_600.",
      };
    }
  }
  for (const layer of stack.all("messages")) {
    const { minLevel = 0 } = factsOf<{ minLevel: number }>(layer);
    if (minLevel <= messageLevels.success) continue;
    yield {
      id: "messages.min_level",
      level: "warning",
      layer: "messages",
      message: `messages({ minLevel: ${minLevel} }) drops what info() and success() say.`,
      hint: "Leave minLevel out: only debug() is dropped then.",
      problems: ["message never or twice"],
    };
  }
}

const YEAR = 31_536_000;
const TEN_YEARS = 10 * YEAR;
