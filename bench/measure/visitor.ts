/** A visitor with a cookie jar, who finds out whether a side does all that it should. */

import { type Answer, askOnce, requestText } from "./answer.ts";

/** Visits a server. */
export class Visitor {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cookies = new Map<string, string>();

  /**
   * @param port Where the server listens.
   * @param headers What each request carries, as that of a proxy in between.
   */
  constructor(port: number, headers: Readonly<Record<string, string>> = {}) {
    this.#port = port;
    this.#headers = headers;
  }

  /** The cookies as the visitor's browser would send them; none if there are none. */
  get cookieHeader(): Readonly<Record<string, string>> {
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { Cookie: pairs.join("; ") };
  }

  /** The request for the page with the visitor's cookies. */
  get pageRequest(): string {
    return requestText("GET", { ...this.#headers, ...this.cookieHeader });
  }

  /** Looks at the page. */
  look(headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send("GET", headers);
  }

  /** Sends an empty form. */
  post(headers: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#send("POST", { "Content-Type": "application/x-www-form-urlencoded", ...headers });
  }

  async #send(method: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await askOnce(
      this.#port,
      requestText(method, { ...this.#headers, ...this.cookieHeader, ...headers }),
    );
    for (const line of answer.headers.get("set-cookie") ?? []) this.#take(line);
    return answer;
  }

  #take(line: string): void {
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (name === undefined || value === undefined) return;
    if (/;\s*max-age=0\b/i.test(line) || /;\s*expires=[^;]* 1970 /i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
