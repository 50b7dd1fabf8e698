import type { Context } from "../middleware/context.ts";
import { Forbidden } from "../middleware/http_error.ts";
import type { HasSession, Session } from "../sessions/session.ts";
import type { AuthSettings } from "./_auth_settings.ts";
import { checkPassword } from "./_check_password.ts";
import type { Credentials, HasUser } from "./has_user.ts";
import { sessionAuthHashes, whichHash } from "./session_auth_hash.ts";
import type { Account, User } from "./user_source.ts";

// deno-lint-ignore no-explicit-any -- the session may hold any keys
type AnySession = Session<any>;
// deno-lint-ignore no-explicit-any -- the session may hold any keys
type OwnContext = Context & HasSession<any> & { rotateCsrfToken?: () => void | Promise<void> };

/** One request's dealings with its user. */
export class AuthVisit<U extends User> implements HasUser<U> {
  readonly settings: AuthSettings<U>;
  readonly #request: Request;
  readonly #context: OwnContext;
  #user: Promise<U | undefined> | undefined;
  /** Whose password was checked in this request, with what it was checked by. */
  #proven: Account<U> | undefined;

  constructor(settings: AuthSettings<U>, request: Request, context: Context) {
    this.settings = settings;
    this.#request = request;
    this.#context = context as OwnContext;
  }

  user(): Promise<U | undefined> {
    return this.#user ??= this.#find();
  }

  async authenticate(credentials: Credentials): Promise<U | undefined> {
    this.#proven = await checkPassword(this.settings, credentials, this.#request, this.#context);
    return this.#proven?.user;
  }

  async login(user: U, backend: string = this.settings.backends[0]!): Promise<void> {
    // The very password that was checked: one that was changed meanwhile must end this session too.
    const account = this.#proven?.user === user ? this.#proven : await this.#account(user);
    if (account.active === false) throw new Forbidden("This account is not active");
    const session = await this.#context.session();
    const { id } = account.user;
    const hashes = this.#hashes(account);
    if (belongsToAnother(session, id, hashes)) session.flush();
    else session.cycleKey();
    session.assign({ [ID_KEY]: id, [BACKEND_KEY]: backend, [HASH_KEY]: hashes[0]! });
    session.setOwner(id);
    await this.#context.rotateCsrfToken?.();
    await this.settings.users.recordLogin?.(account.user);
    this.#user = Promise.resolve(account.user);
    this.#context.emit({ name: "auth.signed_in", message: "Somebody signed in", data: { user: id } });
  }

  async logout(): Promise<void> {
    const session = await this.#context.session();
    const id = session.get(ID_KEY);
    session.flush();
    this.#user = Promise.resolve(undefined);
    if (id === undefined) return;
    this.#context.emit({ name: "auth.signed_out", message: "Somebody signed out", data: { user: id } });
  }

  async updateSessionAuthHash(user: U): Promise<void> {
    const session = await this.#context.session();
    if (session.get(ID_KEY) !== user.id) return;
    const account = await this.#account(user);
    session.cycleKey();
    session.set(HASH_KEY, this.#hashes(account)[0]!);
    this.#user = Promise.resolve(account.user);
  }

  async hasPermissions(...permissions: string[]): Promise<boolean> {
    const { users } = this.settings;
    if (users.hasPermissions === undefined) {
      throw new TypeError(
        "Cannot ask for permissions as the users given to authentication() have no hasPermissions(): add the method",
      );
    }
    const user = await this.user();
    return user !== undefined && await users.hasPermissions(user, permissions);
  }

  /** Who has signed the visitor in; `undefined` if nobody is signed in. */
  async backend(): Promise<string | undefined> {
    return await this.user() === undefined ? undefined : (await this.#context.session()).get(BACKEND_KEY);
  }

  async #find(): Promise<U | undefined> {
    const session = await this.#context.session();
    const id: unknown = session.get(ID_KEY);
    if (typeof id !== "string" || !this.settings.backends.includes(session.get(BACKEND_KEY))) return undefined;
    const account = await this.settings.users.find(id);
    if (account === undefined || account.active === false) return undefined;
    const hashes = this.#hashes(account);
    const which = whichHash(session.get(HASH_KEY), hashes);
    if (which < 0) {
      session.flush();
      const message = "A session has ended as its user's password is another one now";
      this.#context.emit({ name: "auth.session_ended", message, data: { user: id } });
      return undefined;
    }
    // An old key has made it: from now on it is good without that key.
    if (which > 0) session.set(HASH_KEY, hashes[0]!);
    return account.user;
  }

  async #account(user: U): Promise<Account<U>> {
    const account = await this.settings.users.find(user.id);
    if (account !== undefined) return account;
    throw new Error(
      `Cannot sign in the user with the id "${user.id}" as users.find() doesn't know them: store them first`,
    );
  }

  #hashes({ password }: Account<U>): string[] {
    return sessionAuthHashes(this.#context.app.keys!, password);
  }
}

/** Whether a session is somebody else's, or was begun with another password. */
function belongsToAnother(session: AnySession, id: string, hashes: readonly string[]): boolean {
  const before = session.get(ID_KEY);
  if (before === undefined) return session.owner !== undefined && session.owner !== id;
  return before !== id || whichHash(session.get(HASH_KEY), hashes) < 0;
}

// Django's.
const ID_KEY = "_auth_user_id";
const BACKEND_KEY = "_auth_user_backend";
const HASH_KEY = "_auth_user_hash";
