/** Signing in to the page by hand, which isn't measured: what is measured comes after it. */

import { SESSION_COOKIE, WELCOME } from "./page.ts";
import { newId, TWO_WEEKS } from "./session_by_hand.ts";

/** Who has signed in. */
export interface Visitor {
  name: string;
  messages: string[];
}

/** Whether there is a proxy that ends TLS. */
export const behindProxy: boolean = Deno.args.includes("--proxy");
/** The cookie of the session. */
export const cookieName: string = behindProxy ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
const cookieEnd = `HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax${behindProxy ? "; Secure" : ""}`;

/**
 * Takes a form of its own, and refuses one of another site.
 *
 * @param request The form.
 * @param began When it came.
 * @param keep Keeps the visitor under an id, until a time in milliseconds since the epoch.
 */
export function signIn(
  request: Request,
  began: number,
  keep: (id: string, visitor: Visitor, expires: number) => void,
): Response {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== "same-origin" && request.headers.get("Origin") !== new URL(request.url).origin) {
    return new Response("Forbidden", { status: 403 });
  }
  const id = newId();
  keep(id, { name: "Ada", messages: [WELCOME] }, Date.now() + TWO_WEEKS * 1000);
  return new Response(null, {
    status: 303,
    headers: {
      "Location": "/",
      "Cache-Control": "private",
      "Set-Cookie": `${cookieName}=${id}; ${cookieEnd}`,
      "X-Request-Id": crypto.randomUUID(),
      "Server-Timing": `total;dur=${since(began)}`,
    },
  });
}

/** Milliseconds since then, as `Server-Timing` has them. */
export function since(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10;
}
