// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/** The same with `cookie`, version 2. */

import { answerRounds } from "../micro/answer_rounds.ts";
import { COOKIE_HEADER, COOKIE_VALUE } from "../micro/cookie_header.ts";
import { load } from "./shared.ts";

const { parseCookie, stringifySetCookie } = await load("cookie");

await answerRounds(work, JSON.stringify([Object.entries(parseCookie(COOKIE_HEADER)).sort(), attributesOf(work())]));

function work() {
  const cookies = parseCookie(COOKIE_HEADER);
  const sent = { path: "/", maxAge: 1_209_600, httpOnly: true, secure: true, sameSite: "lax" };
  return cookies.cookie_7 + stringifySetCookie({ name: "sessionid", value: COOKIE_VALUE, ...sent });
}

function attributesOf(line) {
  return line.split("; ").sort();
}
