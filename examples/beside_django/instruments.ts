/** The instruments, from the table of Django's model. Whoever moves a page may go on asking the old tables. */

import { extend, type Middleware, type SqlClient } from "@nuages/web";
import type { HasInstruments, Instrument } from "./context.ts";

/** Gives views the instruments. */
export function instruments(client: SqlClient): Middleware<unknown, HasInstruments> {
  async function find(slugs: readonly string[]): Promise<Instrument[]> {
    if (slugs.length === 0) return [];
    const places = slugs.map(() => "?").join(", ");
    const sql = `SELECT slug, name, price FROM shop_instrument WHERE slug IN (${places}) ORDER BY place`;
    const rows = await client.query(sql, [...slugs]) as readonly Record<string, unknown>[];
    return rows.map(({ slug, name, price }) => ({ slug: String(slug), name: String(name), price: Number(price) }));
  }

  return (next) => (request, context) => next(request, extend(context, { instruments: find }));
}
