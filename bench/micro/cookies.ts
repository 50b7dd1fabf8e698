/** A header of 20 cookies parsed, and one set. */

import { parseCookies, serializeCookie } from "../../mod.ts";
import { answerRounds } from "./answer_rounds.ts";
import { COOKIE_HEADER, COOKIE_VALUE } from "./cookie_header.ts";

await answerRounds(work, JSON.stringify([[...parseCookies(COOKIE_HEADER)].sort(), attributesOf(work())]));

function work(): string {
  const cookies = parseCookies(COOKIE_HEADER);
  const sent = { path: "/", maxAge: 1_209_600, httpOnly: true, secure: true, sameSite: "Lax" as const };
  return cookies.get("cookie_7") + serializeCookie("sessionid", COOKIE_VALUE, sent);
}

/** In which order attributes stand is everybody's own choice. */
function attributesOf(line: string): string[] {
  return line.split("; ").filter((part) => !part.startsWith("expires=")).sort();
}
