// deno-lint-ignore-file no-console -- a command talks to its user

/** What the shopkeeper hears of: refused forms, forged cookies, exceptions. The library itself writes nothing else. */

import type { AppEvent } from "@nuages/web";
import { dim, yellow } from "@std/fmt/colors";

/** Writes an event to the terminal: one line, and the error below it if there is one. */
export function tellEvent({ name, message, error, method, path, requestId }: AppEvent): void {
  console.error(`${yellow(name)}  ${message}  ${dim(`${method} ${path}, request ${requestId}`)}`);
  if (name === "exception") console.error(error);
}
