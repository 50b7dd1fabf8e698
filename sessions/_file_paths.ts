import { newName } from "./_record.ts";

/**
 * Where everything lies in the directory of a `FileStore`:
 *
 * ```text
 * 00/ … ff/        records, each in a file named after its key
 * .locks/00 … ff   a file to lock for each of these subdirectories
 * .tmp/            files being written
 * .expiry/         what expires when: a directory for each hour, in it a file for each subdirectory
 * .owners/00 … ff  whose is what: a directory for each owner, in it an empty file for each record
 * ```
 */
export class FilePaths {
  /** The directory itself. */
  readonly root: string;
  /** The directory of the files to lock. */
  readonly locks: string;
  /** The directory of files being written. */
  readonly temporary: string;
  /** The directory of the index by expiry. */
  readonly expiry: string;
  /** The directory of the index by owner. */
  readonly owners: string;

  /**
   * Computes the paths.
   *
   * @param root The directory, absolute.
   */
  constructor(root: string) {
    this.root = root;
    this.locks = `${root}/.locks`;
    this.temporary = `${root}/.tmp`;
    this.expiry = `${root}/.expiry`;
    this.owners = `${root}/.owners`;
  }

  /**
   * The file of a record.
   *
   * @param key The record's key.
   * @returns Its path.
   */
  record(key: string): string {
    return `${this.root}/${shardOf(key)}/${key}`;
  }

  /**
   * The directory of an owner's list.
   *
   * @param owner The owner.
   * @returns Its path.
   */
  owner(owner: string): string {
    return `${this.owners}/${shardOf(owner)}/${owner}`;
  }

  /**
   * The file to lock before changing anything in a subdirectory.
   *
   * @param shard The subdirectory.
   * @returns Its path.
   */
  lock(shard: string): string {
    return `${this.locks}/${shard}`;
  }

  /**
   * A new file that will replace one in a subdirectory. Its name says in which, so that whoever holds the lock of that
   * subdirectory knows that it is a leftover.
   *
   * @param shard The subdirectory.
   * @returns Its path.
   */
  draft(shard: string): string {
    return `${this.temporary}/${shard}-${newName()}`;
  }
}

/**
 * The subdirectory of a key, or of an owner: its first eight bits in hexadecimal digits.
 *
 * @param key The key.
 * @returns The name of the subdirectory, `00` to `ff`.
 */
export function shardOf(key: string): string {
  const bits = BASE64URL.indexOf(key[0]!) << 2 | BASE64URL.indexOf(key[1]!) >> 4;
  return bits.toString(16).padStart(2, "0");
}

/** The form of a subdirectory's name. */
export const SHARD_REGEXP: RegExp = /^[\da-f]{2}$/;

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
