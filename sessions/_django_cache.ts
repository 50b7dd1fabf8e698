import type { Verification } from "../cookies/verification.ts";
import type { Outcome } from "./_backend.ts";
import type { DjangoPlace, DjangoRow, DjangoTexts } from "./_django_place.ts";
import { now } from "./_record.ts";
import { RedisScript } from "./_redis_scripts.ts";
import type { RedisClient } from "./redis_client.ts";

/** What Django's cache in Redis keeps of sessions, each under a key of its own. */
export class DjangoCache implements DjangoPlace {
  readonly #client: RedisClient;
  readonly #prefix: string;

  /**
   * @param client The client.
   * @param prefix What stands before an id in the keys.
   */
  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async read(id: string): Promise<DjangoRow | undefined> {
    const answer = await this.#run(READ, id);
    if (!Array.isArray(answer) || answer.length === 0) return undefined;
    const life = Number(answer[1]);
    // Without a deadline, somebody has put it there who is no Django.
    return { text: textOf(answer[0]), expires: life < 0 ? now() + LONGEST : now() + life };
  }

  async create(id: string, { text, expires }: DjangoRow): Promise<boolean> {
    return textOf(await this.#run(CREATE, id, text, lifeUntil(expires))) === "written";
  }

  async update(id: string, { text, expires }: DjangoRow, seen: string): Promise<Outcome> {
    return toOutcome(await this.#run(UPDATE, id, seen, text, lifeUntil(expires)));
  }

  async removeSeen(id: string, seen: string): Promise<Outcome> {
    return toOutcome(await this.#run(UPDATE, id, seen, "", "0"));
  }

  async remove(id: string): Promise<void> {
    await this.#run(REMOVE, id);
  }

  #run(script: RedisScript, id: string, ...args: string[]): Promise<unknown> {
    return script.run(this.#client, this.#prefix + id, ...args);
  }
}

/** The JSON itself, as Django's cache keeps it with `serializer: "django.core.signing.JSONSerializer"`. */
export const PLAIN_TEXTS: DjangoTexts = {
  place: "Django's cache",
  remedy: 'the cache needs OPTIONS = {"serializer": "django.core.signing.JSONSerializer"}, as Django pickles otherwise',
  write: (json: string): string => json,
  open: (text: string): Verification<string> => ({ ok: true, value: text, rotated: false }),
};

const READ = new RedisScript(`
local text = redis.call('GET', KEYS[1])
if not text then return {} end
return {text, redis.call('PTTL', KEYS[1])}
`);

/** ARGV: 1 the text, 2 how many milliseconds it lives. */
const CREATE = new RedisScript(`
if tonumber(ARGV[2]) <= 0 then return redis.call('EXISTS', KEYS[1]) == 1 and 'taken' or 'written' end
return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') and 'written' or 'taken'
`);

/** ARGV: 1 the text that was seen, 2 the new one, 3 how many milliseconds it lives; none, and it is removed. */
const UPDATE = new RedisScript(`
local text = redis.call('GET', KEYS[1])
if not text then return 'gone' end
if text ~= ARGV[1] then return 'conflict' end
if tonumber(ARGV[3]) > 0 then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
return 'written'
`);

const REMOVE = new RedisScript("return redis.call('DEL', KEYS[1])");

/** In milliseconds: as good as for ever. */
const LONGEST = 100 * 365 * 86_400_000;

function lifeUntil(expires: number): string {
  return String(Math.max(0, Math.ceil(expires - now())));
}

function toOutcome(answer: unknown): Outcome {
  const text = textOf(answer);
  if (text === "written" || text === "conflict" || text === "gone") return text;
  throw new TypeError(`Cannot use Redis client as send() must give what the server answers: received ${typeof answer}`);
}

/** What is no text, as pickled Python, comes as one that is no JSON. */
function textOf(answer: unknown): string {
  return answer instanceof Uint8Array ? new TextDecoder().decode(answer) : String(answer);
}
