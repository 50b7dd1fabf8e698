/** Prices, years and counts as a reader wants them. */

const EUROS = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** A price. */
export function price(cents: number): string {
  return EUROS.format(cents / 100);
}

/** A year, before our era if negative. */
export function year(value: number): string {
  return value < 0 ? `${-value} BC` : String(value);
}

/** A number of things. */
export function count(number: number, one: string, many: string): string {
  return `${number === 0 ? "No" : number} ${number === 1 ? one : many}`;
}

/** A word with a capital. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
