/** What the sides by hand read a cookie with. */

/** Finds a cookie's value as somebody writes it who knows which cookies there are. */
export function cookieOf(header: string | null, name: string): string | undefined {
  for (const part of header?.split(";") ?? []) {
    const pair = part.trim();
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return undefined;
}
