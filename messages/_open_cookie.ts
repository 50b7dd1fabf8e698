import type { Cookie } from "../cookies/cookie.ts";
import { CookieJar } from "../cookies/cookie_jar.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import { dumps, verifyObject } from "../cookies/signed_objects.ts";
import type { Context } from "../middleware/context.ts";
import { CookieSurroundings } from "../middleware/cookie_surroundings.ts";
import { decodeMessages, encodeMessage, NOT_FINISHED } from "./_message_format.ts";
import type { LoadedMessages, OpenMessages, StoredMessage } from "./storage.ts";

/** The messages in one request's cookie. */
export class OpenCookie implements OpenMessages {
  readonly #context: Context;
  readonly #cookie: Cookie;
  readonly #maxBytes: number;
  readonly #keys: KeyRing;
  #received: string | undefined;
  #isOutdated = false;

  constructor(context: Context, cookie: Cookie, maxBytes: number) {
    const { keys } = context.app;
    if (keys === undefined) throw missingKeys();
    this.#context = context;
    this.#cookie = cookie;
    this.#maxBytes = maxBytes;
    this.#keys = keys.withPrefix("django.http.cookies");
  }

  load(): LoadedMessages {
    this.#received = this.#context.cookies.get(this.#cookie);
    if (this.#received === undefined) return { messages: [], complete: true, stale: false };
    const result = verifyObject<unknown>(this.#received, this.#keys, { salt: SALT });
    if (!result.ok) return this.#refuse(result.reason);
    if (!Array.isArray(result.value)) return this.#refuse("malformed");
    this.#isOutdated = result.rotated;
    return {
      messages: decodeMessages(result.value),
      complete: result.value.at(-1) !== NOT_FINISHED,
      stale: result.rotated,
    };
  }

  /**
   * Writes the cookie.
   *
   * @param messages The messages, oldest first.
   * @param response The response that brings it to the browser.
   * @param giveBack Which ones to give back if not all fit: the oldest if they are lost, the newest if they are kept behind these.
   * @returns Those that don't fit.
   */
  store(
    messages: readonly StoredMessage[],
    response: Response,
    giveBack: "oldest" | "newest" = "oldest",
  ): readonly StoredMessage[] {
    if (messages.length === 0) {
      if (this.#received !== undefined) this.#send(response, (jar) => jar.delete(this.#cookie));
      return [];
    }
    if (this.#isOutdated) this.#report("cookie.reissued", "made anew with the first key");
    const whole = this.#sign(messages.map(encodeMessage));
    if (whole.length <= this.#maxBytes) {
      this.#send(response, (jar) => jar.set(this.#cookie, whole));
      return [];
    }
    const fits = (count: number) => this.#signPart(part(messages, count, giveBack)).length <= this.#maxBytes;
    const count = mostThatFit(messages.length - 1, fits);
    const most = this.#signPart(part(messages, count, giveBack));
    this.#send(response, (jar) => jar.set(this.#cookie, most));
    return giveBack === "oldest" ? messages.slice(0, messages.length - count) : messages.slice(count);
  }

  #signPart(messages: readonly StoredMessage[]): string {
    return this.#sign([...messages.map(encodeMessage), NOT_FINISHED]);
  }

  // All of its characters stand unquoted in a cookie, so that its length is what Django measures: the value as it is sent.
  #sign(list: readonly unknown[]): string {
    return dumps(list, this.#keys, { salt: SALT, compress: true });
  }

  // Not into `context.cookies`, as those leave with whatever is sent. If a layer outside fails now, or answers something else, nobody gets
  // to see this response, and what its cookie says isn't so: the two go together.
  #send({ headers }: Response, change: (jar: CookieJar) => void): void {
    const jar = new CookieJar(null, new CookieSurroundings(this.#context));
    change(jar);
    jar.applyTo(headers);
    // As the kernel does for those of the jar.
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private");
  }

  #report(event: string, what: string): void {
    const { name } = this.#cookie;
    this.#context.emit({
      name: event,
      message: `Cookie ${JSON.stringify(name)} was ${what}`,
      data: { cookie: name },
    });
  }

  #refuse(reason: string): LoadedMessages {
    this.#report("cookie.bad_signature", `refused: ${reason}`);
    // There may be more elsewhere: the mark that would say so can't be read.
    return { messages: [], complete: false, stale: true };
  }
}

/** What is said where messages are to be signed and there is nothing to sign with. */
export function missingKeys(): TypeError {
  return new TypeError(
    "Cannot keep messages in a cookie as there are no keys to sign it: give them with pipeline({ keys: [...] }), " +
      "or keep messages in the session with messages({ storage: new SessionMessages() })",
  );
}

const SALT = "django.contrib.messages";

function part(messages: readonly StoredMessage[], count: number, giveBack: "oldest" | "newest"): StoredMessage[] {
  return giveBack === "oldest" ? messages.slice(messages.length - count) : messages.slice(0, count);
}

/** The greatest number up to `most` that fits, by halving; 0 fits always. */
function mostThatFit(most: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
