/**
 * Where users come from.
 *
 * @module
 */

import type { Awaitable } from "../middleware/awaitable.ts";

/** Somebody who can sign in, as views see them. It may have whatever else a site knows of people; what must not get into a page by accident belongs elsewhere. */
export interface User {
  /** What names the account for good: Django's primary key, as a text. */
  readonly id: string;
  /** What they sign in with. */
  readonly name: string;
}

/**
 * A user, and what a site knows of them that views shouldn't.
 *
 * @typeParam U The user.
 */
export interface Account<U extends User = User> {
  /** The user. */
  readonly user: U;
  /**
   * The password, as {@linkcode PasswordHasher} has made it (Django's column `password`). Without one, nobody signs in by a password. Sessions end when it changes.
   */
  readonly password?: string | undefined;
  /**
   * Whether they may sign in. Who may not is nobody, also in sessions that there are. (Django's `is_active`.)
   *
   * @default {true}
   */
  readonly active?: boolean;
}

/**
 * Where users come from: a table, a directory, a file. The library asks nothing else of them.
 *
 * A failure is thrown, or rejects, and is the page of an error. Names and ids may be anything that visitors have typed in, but well-formed, without a NUL, and of
 * 1024 characters at most: as parameters of a query, never as a part of it.
 *
 * @typeParam U The user.
 */
export interface UserSource<U extends User = User> {
  /**
   * Finds an account by its id: once in each request that asks who the visitor is.
   *
   * @param id The user's id.
   * @returns The account as it is now; `undefined` if there is none.
   */
  find(id: string): Awaitable<Account<U> | undefined>;
  /**
   * Finds an account by what somebody signs in with. Whether `Ada` is `ada` is the source's decision.
   *
   * @param name What was typed in, or what a proxy says.
   * @returns The account; `undefined` if there is none.
   */
  findByName(name: string): Awaitable<Account<U> | undefined>;
  /**
   * Stores a password that was made anew at sign-in, as the old text was weaker than what is made today. Without this method old ones stay.
   *
   * @param user Whose it is.
   * @param password The new text.
   * @param previous The old one: only in its place may the new one be put (`WHERE id = ? AND password = ?`), so that a password that was changed meanwhile stays.
   */
  replacePassword?(user: NoInfer<U>, password: string, previous: string): Awaitable<void>;
  /**
   * Notes that a user has just signed in. (Django's `last_login`.) If it fails, so does the request.
   *
   * @param user Who.
   */
  recordLogin?(user: NoInfer<U>): Awaitable<void>;
  /**
   * Whether a user may do something. Asked only of users who may sign in.
   *
   * @param user The user.
   * @param permissions What; Django writes `app.action_model`.
   * @returns Whether they have all of these permissions.
   */
  hasPermissions?(user: NoInfer<U>, permissions: readonly string[]): Awaitable<boolean>;
}
