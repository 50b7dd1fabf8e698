/** The accounts of the shop: where `authentication()` finds its users. */

import type { Account, User, UserSource } from "@nuages/web";
import type { Records } from "./records.ts";

/** An account as it is written down. The password is a hash in Django's format, never the password. */
interface StoredAccount {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

/** Accounts in the shop's records. */
export class ShopUsers implements UserSource<User> {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  async find(id: string): Promise<Account | undefined> {
    const found = await this.#records.read(["users", id]);
    return found && accountOf(found.value as StoredAccount);
  }

  async findByName(name: string): Promise<Account | undefined> {
    const found = await this.#records.read(["names", fold(name)]);
    return found && await this.find(found.value as string);
  }

  /** Makes an account; `undefined` if its name is taken. Of two who want the same name at once, one gets it. */
  async add(name: string, password: string): Promise<User | undefined> {
    const account: StoredAccount = { id: crypto.randomUUID(), name, password };
    const isDone = await this.#records.write([
      { key: ["users", account.id], value: account },
      { key: ["names", fold(name)], value: account.id },
    ]);
    return isDone ? accountOf(account).user : undefined;
  }

  async replacePassword({ id }: User, password: string, previous: string): Promise<void> {
    const found = await this.#records.read(["users", id]);
    const account = found?.value as StoredAccount | undefined;
    if (found === undefined || account?.password !== previous) return;
    // If it was changed in between, the newer password stays.
    await this.#records.write([{ key: ["users", id], value: { ...account, password }, previous: found }]);
  }
}

function accountOf({ id, name, password }: StoredAccount): Account {
  return { user: { id, name }, password };
}

/** Ada is ada, and nobody can be called the same in other letters. */
function fold(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}
