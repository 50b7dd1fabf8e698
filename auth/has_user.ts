/**
 * What views know of the visitor.
 *
 * @module
 */

import type { User } from "./user_source.ts";

/** What somebody has typed in to sign in, as a form gives it. Anything but two texts is wrong. */
export interface Credentials {
  /** The name. */
  readonly name: FormDataEntryValue | null | undefined;
  /** The password. */
  readonly password: FormDataEntryValue | null | undefined;
}

/**
 * What `authentication()` adds to the context.
 *
 * @typeParam U The user.
 */
export interface HasUser<U extends User = User> {
  /**
   * Who the visitor is. The first call reads the session and asks the users, every call gives the same. Who is in no session costs no question.
   *
   * @returns The user; `undefined` if nobody is signed in.
   * @throws {SessionStoreError} If the session can't be read: 503.
   */
  user(): Promise<U | undefined>;
  /**
   * Checks a name and a password. It signs nobody in: {@linkcode HasUser.login} does. It takes as long for a name that nobody has. A password that was stored in a weaker
   * way than is usual now is stored anew; other sessions of its owner end by that.
   *
   * @param credentials What was typed in.
   * @returns Whose they are; `undefined` if nobody's, or of somebody who may not sign in.
   * @throws {HttpError} 429 if there were too many attempts, with `Retry-After`; 503 if too many passwords are being checked.
   */
  authenticate(credentials: Credentials): Promise<U | undefined>;
  /**
   * Signs somebody in. The session gets a new id, keeps what it held while nobody was signed in, and ends if it was another user's. It gets an owner, the user's id, so that
   * `SessionDirectory` finds it. Tokens of `csrf()` are made anew.
   *
   * @param user Who: as {@linkcode HasUser.authenticate} gave them, or as the program has found out otherwise, such as after a sign-up.
   * @throws {Error} If the users don't know them.
   * @throws {HttpError} 403 if they may not sign in.
   */
  login(user: U): Promise<void>;
  /** Signs the visitor out: the session and all it holds are gone, whatever requests are under way. */
  logout(): Promise<void>;
  /**
   * Keeps the visitor signed in when their own password has changed, under a new session id; all their other sessions end. Without it this one ends too. (Django's
   * `update_session_auth_hash`.) Call it when the new password is stored.
   *
   * @param user Whose password has changed; for anybody but the visitor nothing happens.
   */
  updateSessionAuthHash(user: U): Promise<void>;
  /**
   * Whether the visitor may do something.
   *
   * @param permissions What: all of them are needed.
   * @returns Whether they may; nobody may anything.
   * @throws {TypeError} If the users given to `authentication()` have no `hasPermissions()`.
   */
  hasPermissions(...permissions: string[]): Promise<boolean>;
}
