/**
 * What checks passwords.
 *
 * @module
 */

/** What came of checking a password. */
export interface PasswordVerdict {
  /** Whether it is the password. */
  readonly ok: boolean;
  /** Whether what is stored should be made anew, as it is weaker than what is made today. Only told of a password that is right. */
  readonly outdated: boolean;
  /** Why what is stored fits no password at all, if so: for programmers, without anything of the text itself. */
  readonly problem?: string;
}

/**
 * Makes the text that is stored of a password, and checks passwords by it. The library's own is {@linkcode Passwords}; another one (Argon2, say) is an object with these
 * two methods.
 */
export interface PasswordHasher {
  /**
   * Makes the text to store. The same password gives another text each time.
   *
   * @param password The password, as it was typed in.
   * @returns The text; it must begin with neither `!` nor a space.
   * @throws {HttpError} 400 for a password that can't be stored, such as one of a megabyte: it may come from a visitor.
   */
  hash(password: string): Promise<string>;
  /**
   * Checks a password. Nothing that is typed in or stored makes it throw. Where there is nothing to check it by, it must take as long as if there were, so that nobody
   * learns from a clock who has an account.
   *
   * @param password The password, as it was typed in.
   * @param encoded What is stored; `undefined` if there is nothing, or no such account.
   * @returns What came of it. What is stored and can't be read fits no password.
   */
  verify(password: string, encoded: string | undefined): Promise<PasswordVerdict>;
}
