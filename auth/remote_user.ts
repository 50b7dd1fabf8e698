/**
 * Users whom a server in front has signed in.
 *
 * @module
 */

import { isToken, optionalFunction } from "../middleware/check_option.ts";
import type { Awaitable } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import { describeLayer } from "../middleware/describe_layer.ts";
import type { Handler, Middleware } from "../middleware/handler.ts";
import { REMOTE_BACKEND } from "./_auth_settings.ts";
import type { AuthVisit } from "./_auth_visit.ts";
import { visitOf } from "./_visit_of.ts";
import type { HasUser } from "./has_user.ts";
import type { User } from "./user_source.ts";

/**
 * Options of {@linkcode remoteUser}.
 *
 * @typeParam U The user.
 */
export interface RemoteUserOptions<U extends User = User> {
  /**
   * The header with the user's name. The proxy must overwrite it in every request, or take it away: what it passes on was written by the visitor.
   *
   * @default {"Remote-User"}
   */
  header?: string;
  /**
   * Makes the name of what the header says: takes off a domain, say. (Django's `clean_username`.)
   *
   * @default {the header, as it is}
   */
  clean?: (value: string) => string;
  /**
   * Makes an account for somebody the users don't know yet. (Django's `create_unknown_user`, which does so unless told otherwise.)
   *
   * @default {nobody: whoever isn't known isn't signed in}
   */
  create?: (name: string, request: Request, context: Context) => Awaitable<U | undefined>;
}

/**
 * Signs in whom a server in front has named: one that has checked a certificate, or a company's single sign-on. (Django's `RemoteUserMiddleware`.) Who is named no more is signed out; who was
 * named and is somebody else now gets another session.
 *
 * The header is believed on connections from a proxy that the pipeline trusts, and on no other: there it is ignored, which is the event `auth.untrusted_header`. A pipeline that trusts no
 * proxy refuses this middleware. Each request reads the session.
 *
 * @typeParam U The user.
 * @param options Which header, and what is done with unknown names.
 * @returns The middleware.
 * @throws {TypeError} If an option can't be used; when the pipeline is built, if it trusts no proxy.
 *
 * @example
 * ```ts
 * import { authentication, MemoryUsers, remoteUser } from "@nuages/web/auth";
 * import { pipeline } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const users = new MemoryUsers([{ user: { id: "1", name: "ada" } }]);
 * const app = pipeline({ keys: [crypto.randomUUID()], proxies: { trust: ["127.0.0.1"] } })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users }))
 *   .use(remoteUser())
 *   .handle(async (_request, context) => new Response((await context.user())?.name));
 *
 * const response = await app(new Request("http://localhost/", { headers: { "Remote-User": "ada" } }));
 * assertEquals(await response.text(), "ada");
 * ```
 */
export function remoteUser<U extends User = User>(options: RemoteUserOptions<U> = {}): Middleware<HasUser<U>> {
  return remoteUsers("remoteUser", options, true);
}

/**
 * The same for a server in front that names users on the page for signing in only: who was named once stays signed in. (Django's `PersistentRemoteUserMiddleware`.)
 *
 * @typeParam U The user.
 * @param options Which header, and what is done with unknown names.
 * @returns The middleware.
 * @throws {TypeError} If an option can't be used; when the pipeline is built, if it trusts no proxy.
 *
 * @example
 * ```ts
 * import { authentication, MemoryUsers, persistentRemoteUser } from "@nuages/web/auth";
 * import { pipeline } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { TestBrowser } from "@nuages/web/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const users = new MemoryUsers([{ user: { id: "1", name: "ada" } }]);
 * const app = pipeline({ keys: [crypto.randomUUID()], proxies: { trust: ["127.0.0.1"] } })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users }))
 *   .use(persistentRemoteUser())
 *   .handle(async (_request, context) => new Response((await context.user())?.name ?? "nobody"));
 *
 * const browser = new TestBrowser(app, { trustsLoopback: true });
 * await browser.get("/", { headers: { "Remote-User": "ada" } });
 * assertEquals(await browser.text("/"), "ada");
 * ```
 */
export function persistentRemoteUser<U extends User = User>(
  options: RemoteUserOptions<U> = {},
): Middleware<HasUser<U>> {
  return remoteUsers("persistentRemoteUser", options, false);
}

function remoteUsers<U extends User>(
  owner: string,
  options: RemoteUserOptions<U>,
  endsWithHeader: boolean,
): Middleware<HasUser<U>> {
  const { header = "Remote-User", clean = (value) => value, create } = options;
  if (!isToken(header) || header.includes("_")) {
    throw new TypeError(
      `Cannot create ${owner} as header must be the name of a header, without "_": received ${Deno.inspect(header)}`,
    );
  }
  optionalFunction(owner, "clean", clean);
  optionalFunction(owner, "create", create);

  async function recognise(request: Request, context: Context): Promise<void> {
    const visit = visitOf(context) as AuthVisit<U> | undefined;
    if (visit === undefined) throw new TypeError(`Cannot use ${owner}() without authentication() before it`);
    const value = namedBy(header, request, context);
    const isRemote = await visit.backend() === REMOTE_BACKEND;
    if (value === undefined) {
      if (endsWithHeader && isRemote) await visit.logout();
      return;
    }
    const name = clean(value);
    if ((await visit.user())?.name === name) return;
    if (isRemote) await visit.logout();
    const account = await visit.settings.users.findByName(name);
    const user = account === undefined ? await create?.(name, request, context) : account.user;
    if (user !== undefined && account?.active !== false) await visit.login(user, REMOTE_BACKEND);
  }

  return describeLayer((next, app) => {
    if (app !== undefined && !app.trustsProxies) {
      throw new TypeError(
        `Cannot create ${owner} as the pipeline trusts no proxy, so that any visitor could write the header ${header}: pass pipeline({ proxies: { trust: [...] } })`,
      );
    }
    const layer: Handler<Context & HasUser<U>> = async (request, context) => {
      await recognise(request, context);
      return await next(request, context);
    };
    return Object.defineProperty(layer, "name", { value: owner });
  }, { name: owner, facts: { header } });
}

/** What a trusted proxy says; an empty header names nobody. */
function namedBy(header: string, request: Request, context: Context): string | undefined {
  const value = request.headers.get(header)?.trim();
  if (value === undefined || value === "") return undefined;
  if (context.client.proxied) return value;
  const message = `A request named its user in ${header} without coming from a trusted proxy, and was not believed`;
  context.emit({ name: "auth.untrusted_header", message, data: { address: context.client.address } });
  return undefined;
}
