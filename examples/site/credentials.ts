/** What a name and a password have to be like in this shop. */

import type { Texts } from "./texts/texts.ts";

/** As few characters as a password has. */
export const SHORTEST_PASSWORD = 10;

/** What is wrong with the fields of a form, by their names. */
export type Problems<Field extends string> = { readonly [F in Field]?: string | undefined };

/** Checks a name as somebody has typed it in. */
export function problemOfName(name: string, { account }: Texts): string | undefined {
  return NAME_REGEXP.test(name) && name.length <= 30 ? undefined : account.problems.name;
}

/** Checks a new password: its length, and what anybody would try first. No rules about signs and digits, which make passwords worse. */
export function problemOfPassword(
  password: string,
  name: string,
  { account: { problems } }: Texts,
): string | undefined {
  if ([...password].length < SHORTEST_PASSWORD) return problems.shortPassword(SHORTEST_PASSWORD);
  // As Passwords does: more than this is no password, and neither is half a character.
  if (new TextEncoder().encode(password).length > 4096 || !password.isWellFormed()) return problems.longPassword;
  const plain = password.toLowerCase();
  const isEasy = plain === name.toLowerCase() || new Set(plain).size === 1;
  return isEasy ? problems.easyPassword : undefined;
}

/** One way of writing a name, of the many that look the same. */
export function tidyName(name: string): string {
  return name.normalize("NFC").trim().replace(/\s+/g, " ");
}

/** Letters and digits of any script, and between them what names are joined with. */
const NAME_REGEXP = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} .'’-]*[\p{L}\p{M}\p{N}])$/u;
