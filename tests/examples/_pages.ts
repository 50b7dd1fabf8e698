/** Reading pages as a visitor does. */

/** The CSRF token of a page's first form. */
export function tokenIn(page: string): string {
  return fieldIn(page, "csrfmiddlewaretoken");
}

/** The value of the first field of this name. */
export function fieldIn(page: string, name: string): string {
  const [, value] = new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(page) ?? [];
  if (value === undefined) throw new Error(`Cannot find the field "${name}" in the page:\n${page}`);
  return value;
}

/** The texts of the messages that a page of the shop shows. */
export function messagesIn(page: string): string[] {
  return [...page.matchAll(/<p class="notice [^"]*"[^>]*>([^<]*)<\/p>/g)].map(([, text]) => text!);
}

/** How many books a page of the shop says are in the cart. */
export function cartCountIn(page: string): number {
  const [, count] = /<span>Cart<\/span> <b>(\d+)<\/b>/.exec(page) ?? [];
  if (count === undefined) throw new Error(`Cannot find the cart in the page:\n${page}`);
  return Number(count);
}
