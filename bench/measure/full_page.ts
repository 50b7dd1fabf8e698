/** What every side of the full stack has to do before it is measured. */

import { pageOf, WELCOME } from "../sides/page.ts";
import type { Prepared } from "./race.ts";
import { Visitor } from "./visitor.ts";

/**
 * Signs in and looks around: CSRF must refuse a form of another site and take one of its own, the session must be read and not guessed, the message
 * must be shown once. What remains is the request that is measured.
 *
 * @param port Where the side listens.
 * @returns The request with the cookies of somebody who has signed in, and what it is answered.
 * @throws {Error} If the side leaves out a part of its work.
 */
export function prepareFullPage(port: number): Promise<Prepared> {
  return prepare(new Visitor(port), "http://127.0.0.1");
}

/** The same behind a proxy that ends TLS. */
export function prepareProxiedPage(port: number): Promise<Prepared> {
  return prepare(new Visitor(port, PROXIED), `https://${PROXIED.Host}`);
}

/** What Caddy or nginx send along. */
const PROXIED = {
  "Host": "bookshop.example",
  "X-Forwarded-For": "203.0.113.7",
  "X-Forwarded-Host": "bookshop.example",
  "X-Forwarded-Proto": "https",
};

async function prepare(visitor: Visitor, origin: string): Promise<Prepared> {
  const stranger = await visitor.look();
  must(stranger.body === pageOf(undefined, []), "somebody without a session must be a stranger");

  const attack = await visitor.post({ "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site" });
  must(attack.status === 403, `a form from another site must be refused: received status ${attack.status}`);

  const token = (await visitor.look({ "X-Wants-Token": "yes" })).headers.get("x-csrf-token")?.[0];
  const signIn = await visitor.post({
    "Origin": origin,
    "Sec-Fetch-Site": "same-origin",
    ...(token === undefined ? {} : { "X-CSRF-Token": token, "X-CSRFToken": token }),
  });
  must(signIn.status === 303, `a form of its own must be taken: received status ${signIn.status}`);

  const told = await visitor.look();
  must(told.body === pageOf("Ada", [WELCOME]), "after signing in the page must greet by name and tell the message");
  const answer = await visitor.look();
  must(answer.body === pageOf("Ada", []), "a message must be told once");
  return { targets: [visitor.pageRequest], answer };
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`It leaves out a part of the work: ${what}`);
}
