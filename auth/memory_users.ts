/**
 * Users in the memory of one process.
 *
 * @module
 */

import type { Account, User, UserSource } from "./user_source.ts";

/**
 * An account in {@linkcode MemoryUsers}.
 *
 * @typeParam U The user.
 */
export interface MemoryAccount<U extends User = User> extends Account<U> {
  /**
   * What the user may do; `"*"` for everything, as Django's superusers.
   *
   * @default {[]}
   */
  readonly permissions?: readonly string[];
}

/**
 * Users in the memory of this process: for tests and small programs, and to see what a {@linkcode UserSource} is made of. Names differ by their capitals.
 *
 * @typeParam U The user.
 *
 * @example
 * ```ts
 * import { MemoryUsers, Passwords } from "@nuages/web/auth";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const passwords = new Passwords({ iterations: 10_000 });
 * const users = new MemoryUsers([
 *   { user: { id: "1", name: "ada" }, password: await passwords.hash("a difference engine"), permissions: ["shop.add_book"] },
 * ]);
 *
 * assertEquals(users.findByName("ada")?.user.id, "1");
 * assert(users.hasPermissions({ id: "1", name: "ada" }, ["shop.add_book"]));
 * ```
 */
export class MemoryUsers<U extends User = User> implements UserSource<U> {
  readonly #accounts = new Map<string, MemoryAccount<U>>();

  /**
   * Takes in accounts.
   *
   * @param accounts The accounts.
   * @throws {TypeError} If two have the same id or name.
   */
  constructor(accounts: Iterable<MemoryAccount<U>> = []) {
    for (const account of accounts) {
      const { id, name } = account.user;
      if (this.#accounts.has(id) || this.findByName(name) !== undefined) {
        throw new TypeError(`Cannot create MemoryUsers as two users have the id "${id}" or the name "${name}"`);
      }
      this.put(account);
    }
  }

  /**
   * Adds an account, or puts it in the place of the one with the same id.
   *
   * @param account The account.
   */
  put(account: MemoryAccount<U>): void {
    this.#accounts.set(account.user.id, account);
  }

  /**
   * Removes an account.
   *
   * @param id The user's id.
   */
  delete(id: string): void {
    this.#accounts.delete(id);
  }

  /**
   * Finds an account by its id.
   *
   * @param id The user's id.
   * @returns The account; `undefined` if there is none.
   */
  find(id: string): MemoryAccount<U> | undefined {
    return this.#accounts.get(id);
  }

  /**
   * Finds an account by its name.
   *
   * @param name The user's name.
   * @returns The account; `undefined` if there is none.
   */
  findByName(name: string): MemoryAccount<U> | undefined {
    return this.#accounts.values().find(({ user }) => user.name === name);
  }

  /**
   * Stores a password that was made anew.
   *
   * @param user Whose it is.
   * @param password The new text.
   * @param previous The old one; if it isn't there any more, nothing happens.
   */
  replacePassword(user: U, password: string, previous: string): void {
    const account = this.find(user.id);
    if (account?.password === previous) this.put({ ...account, password });
  }

  /**
   * Whether a user may do something.
   *
   * @param user The user.
   * @param permissions What.
   * @returns Whether they have all of these permissions.
   */
  hasPermissions(user: U, permissions: readonly string[]): boolean {
    const own = this.find(user.id)?.permissions ?? [];
    return own.includes("*") || permissions.every((permission) => own.includes(permission));
  }
}
