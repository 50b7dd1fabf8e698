import { lazyNode } from "../cookies/lazy_node.ts";
import type { RedisClient } from "./redis_client.ts";

/** A script that a server runs as one step. It is named by its SHA-1, and sent in full only to a server that doesn't know it. */
export class RedisScript {
  readonly #source: string;
  #digest: string | undefined;

  /**
   * Makes a script.
   *
   * @param source Lua, with one key.
   */
  constructor(source: string) {
    this.#source = source;
  }

  /**
   * Runs the script: one round trip, and a second one where the server has forgotten the script.
   *
   * @param client The connection.
   * @param key The key it is about.
   * @param args What else it is told.
   * @returns What it answers.
   */
  async run(client: RedisClient, key: string, ...args: string[]): Promise<unknown> {
    this.#digest ??= nodeCrypto().createHash("sha1").update(this.#source).digest("hex");
    try {
      return await client.send("EVALSHA", this.#digest, "1", key, ...args);
    } catch (error) {
      if (!isRefusal(error, "NOSCRIPT")) throw error;
      return await client.send("EVAL", this.#source, "1", key, ...args);
    }
  }
}

/**
 * Whether an error is a server's refusal of some kind.
 *
 * @param error What was thrown.
 * @param code The first word of the server's message.
 * @returns Whether it is.
 */
export function isRefusal(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(`${code} `);
}

/** Reads a record where it is written. A client that sends plain reads to replicas sends no script there. */
export const READ: RedisScript = new RedisScript("return redis.call('GET', KEYS[1])");

/**
 * How a record is looked at that is not the one expected. ARGV: 1 the new text, 2 how many milliseconds it lives, 3 the client's time.
 *
 * A client may send a command again whose answer got lost: it finds its own version, and is answered as the first time.
 */
const LOOK = `
local head = redis.call('GETRANGE', KEYS[1], 0, 255)
if head ~= '' then
  local mine = string.match(ARGV[1], '^[^\\n]+\\n')
  if string.sub(head, 1, #mine) == mine then return 'written' end
  local deadline = tonumber(string.match(head, '^n1 [^/%s]+/([^/%s]+)[^%s]*\\n') or '')
  if not deadline then return 'damaged' end
  alive = deadline > tonumber(ARGV[3])
end
`;

/** How a record is written. An entry without a record is removed after an hour; so whoever comes much later than its entry must make another one. */
const WRITE = `
if made and redis.call('TIME')[1] - made > 600 then return 'late' end
if tonumber(ARGV[2]) > 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
else
  redis.call('DEL', KEYS[1])
end
return 'written'
`;

/** Writes a record where no living one is. ARGV 4: when its entry was made in an owner's index, by the clock of the server that has it; or nothing. */
export const CREATE: RedisScript = new RedisScript(`
local made, alive = ARGV[4], false
${LOOK}
if alive then return 'taken' end
${WRITE}`);

/** Writes a record over the one that was read. ARGV 4: how the text of that one begins, if it is alive; 5 as 4 of creating. */
export const UPDATE: RedisScript = new RedisScript(`
local seen, made, alive = ARGV[4], ARGV[5], false
if seen == '' or redis.call('GETRANGE', KEYS[1], 0, #seen - 1) ~= seen then
  ${LOOK}
  return alive and 'conflict' or 'gone'
end
${WRITE}`);

/** Removes whatever is there, and answers which version it had. */
export const DELETE: RedisScript = new RedisScript(`
local head = redis.pcall('GETRANGE', KEYS[1], 0, 255)
redis.call('DEL', KEYS[1])
return type(head) == 'string' and string.match(head, '^n1 (%S+)\\n') or ''
`);

/**
 * Makes an entry in an owner's index, and answers when: ARGV: 1 the record's key, 2 what makes the entry unlike any other, 3 until when it is needed, 4 for
 * how many milliseconds, 5 what was needed until then is needed no more.
 */
export const ENTER: RedisScript = new RedisScript(`
local seconds = redis.call('TIME')[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[5])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1] .. '/' .. seconds .. '/' .. ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return seconds
`);

/** Answers the server's time in seconds, and the entries of an owner's index. */
export const ENTRIES: RedisScript = new RedisScript(`
local entries = redis.call('ZRANGE', KEYS[1], 0, -1)
table.insert(entries, 1, redis.call('TIME')[1])
return entries
`);

const nodeCrypto = lazyNode("node:crypto");
