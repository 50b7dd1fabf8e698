import type { Context } from "../middleware/context.ts";
import type { AuthSettings } from "./_auth_settings.ts";
import type { Credentials } from "./has_user.ts";
import type { Account, User } from "./user_source.ts";

/**
 * Checks a name and a password.
 *
 * @param settings Who knows users and passwords.
 * @param credentials What was typed in.
 * @param request The request.
 * @param context Its context.
 * @returns The account, with the password as it is stored now; `undefined` if they fit none.
 * @throws {HttpError} 429 or 503 if it can't be tried now.
 */
export async function checkPassword<U extends User>(
  settings: AuthSettings<U>,
  { name, password }: Credentials,
  request: Request,
  context: Context,
): Promise<Account<U> | undefined> {
  if (typeof name !== "string" || typeof password !== "string" || name === "" || password === "") return undefined;
  await settings.attempts?.count(name.slice(0, LONGEST_NAME), request, context);
  const account = isPossible(name) ? await settings.users.findByName(name) : undefined;
  const verdict = await settings.passwords.verify(password, account?.password);
  if (verdict.problem !== undefined) {
    context.emit({
      name: "auth.unreadable_password",
      message:
        `Somebody could not sign in as ${verdict.problem}: they need a new one, or authentication({ passwords }) another hasher`,
      data: { user: account?.user.id },
    });
  }
  if (account === undefined || !verdict.ok || account.active === false) {
    context.emit({
      name: "auth.failed",
      message: account?.active === false && verdict.ok
        ? "Somebody tried to sign in to an account that is not active"
        : "Somebody tried to sign in with a wrong name or password",
      // Not the name that was typed in: now and then it is the password.
      data: { address: context.client.address, ...(account && { user: account.user.id }) },
    });
    return undefined;
  }
  return verdict.outdated ? await upgrade(settings, account, password, context) : account;
}

/** Whoever knows the password may sign in, also if it can't be stored anew just now. */
async function upgrade<U extends User>(
  { users, passwords }: AuthSettings<U>,
  account: Account<U>,
  password: string,
  context: Context,
): Promise<Account<U>> {
  if (users.replacePassword === undefined) return account;
  try {
    const fresh = await passwords.hash(password);
    await users.replacePassword(account.user, fresh, account.password!);
    return { ...account, password: fresh };
  } catch (error) {
    const message = "A password could not be stored anew, and stays as it was";
    context.emit({ name: "auth.not_upgraded", message, error, data: { user: account.user.id } });
    return account;
  }
}

const LONGEST_NAME = 1024;

/** Databases refuse NUL and lone surrogates with an error, and no name has them. */
function isPossible(name: string): boolean {
  return name.length <= LONGEST_NAME && name.isWellFormed() && !name.includes("\0");
}
