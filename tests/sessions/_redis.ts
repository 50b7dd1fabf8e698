/** Real Redis servers, for tests, and the two clients that most programs have. */

import type { RedisClient } from "../../sessions/redis_client.ts";
import { RedisStore, type RedisStoreOptions } from "../../sessions/redis_store.ts";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";
import { findProgram, untilListening } from "./_servers.ts";

/** A client: the name of its npm package. */
export type ClientName = "redis" | "ioredis" | "ioredis in bytes";

/** A running server with an empty database. */
export interface RedisServer extends AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** Connects a client to it. */
  connect(name?: ClientName): Promise<Connection>;
  /** Kills the process, as a power failure does, but for what the system has not written to the disk yet. */
  kill(): Promise<void>;
  /** Starts it again in the same directory, on the same port. */
  start(): Promise<void>;
}

/** A connected client, as the store takes it. */
export interface Connection extends RedisClient, AsyncDisposable {}

/** Where the executable is: on the path, or where the variable `REDIS_SERVER` says; `undefined` if it isn't installed. */
export const REDIS: string | undefined = findProgram(...[Deno.env.get("REDIS_SERVER") ?? []].flat(), "redis-server");

/** Where Valkey is, which went on from Redis: on the path, or where the variable `VALKEY_SERVER` says; `undefined` if it isn't installed. */
export const VALKEY: string | undefined = findProgram(...[Deno.env.get("VALKEY_SERVER") ?? []].flat(), "valkey-server");

/** What the name of a test that needs the server ends with: nothing, or what is missing. */
export const WITHOUT_REDIS: string = REDIS
  ? ""
  : " (needs redis-server on the path or in REDIS_SERVER: apt-get install redis-server)";

/** Registers a test that is skipped where there is no server, and says so. */
export function testWithRedis(title: string, body: () => Promise<void>): void {
  Deno.test({ name: title + WITHOUT_REDIS, ignore: !REDIS, fn: body });
}

/** Starts a server on a free port of this machine, without snapshots. More arguments are those of `redis-server`. */
export function startRedis(...settings: string[]): Promise<RedisServer> {
  return start(REDIS!, settings);
}

/** Starts one of Valkey in the same way. */
export function startValkey(): Promise<RedisServer> {
  return start(VALKEY!, []);
}

async function start(program: string, settings: readonly string[]): Promise<RedisServer> {
  const directory = await Deno.makeTempDir();
  const port = freePort();
  const local = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
  let process: Deno.ChildProcess | undefined;
  const spawn = async () => {
    process = new Deno.Command(program, { args: [...local, ...settings], stdout: "null", stderr: "null" }).spawn();
    await untilListening(port, program);
  };
  const end = async (signal: Deno.Signal) => {
    process?.kill(signal);
    await process?.status;
    process = undefined;
  };
  const stop = async () => {
    // Asked to end, it would take a tenth of a second to look up.
    await end("SIGKILL");
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await spawn();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    connect: (name = "redis") => connect(port, name),
    kill: () => end("SIGKILL"),
    start: spawn,
    [Symbol.asyncDispose]: stop,
  };
}

/** Connects a client, each by the line that the documentation of `RedisStore` gives. */
export async function connect(port: number, name: ClientName = "redis"): Promise<Connection> {
  if (name === "redis") {
    const client = createClient({ socket: { host: "127.0.0.1", port } });
    client.on("error", ignore);
    await client.connect();
    return {
      send: (...command) => client.sendCommand(command),
      [Symbol.asyncDispose]: () => Promise.resolve(client.destroy()),
    };
  }
  const client = new Redis({ host: "127.0.0.1", port, lazyConnect: true });
  client.on("error", ignore);
  await client.connect();
  return {
    send: (...command) => name === "ioredis" ? client.call(...command) : client.callBuffer(...command),
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => client.once("end", resolve));
      client.disconnect();
      await ended;
    },
  };
}

/** Two stores on one server, each with a connection of its own. */
export async function onRedis(name: ClientName, options?: RedisStoreOptions): Promise<StoreUnderTest> {
  return await onServer(await startRedis(), name, options);
}

/** The same on Valkey. */
export async function onValkey(name: ClientName): Promise<StoreUnderTest> {
  return await onServer(await startValkey(), name);
}

async function onServer(server: RedisServer, name: ClientName, options?: RedisStoreOptions): Promise<StoreUnderTest> {
  const [client, other] = [await server.connect(name), await server.connect(name)];
  const close = async () => {
    await client[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { store: new RedisStore(client, options), other: new RedisStore(other, options), close };
}

/** A store whose connection was closed. */
export async function disconnected(name: ClientName): Promise<StoreUnderTest> {
  await using server = await startRedis();
  const client = await server.connect(name);
  await client[Symbol.asyncDispose]();
  return { store: new RedisStore(client) };
}

/** A real client whose commands are written down, and which can be made to do something before one, or to answer something else. */
export class WatchedClient implements RedisClient {
  /** What was sent: the commands' names. */
  readonly commands: string[] = [];
  /** Is called before a command is sent. */
  before: (command: string, args: string[]) => Promise<void> | void = () => {};
  /** May change what was answered. */
  answer: (answer: unknown) => unknown = (answer) => answer;
  readonly #client: RedisClient;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  async send(command: string, ...args: string[]): Promise<unknown> {
    this.commands.push(command);
    await this.before(command, args);
    return this.answer(await this.#client.send(command, ...args));
  }

  /** What was sent since the last time somebody wanted to know. */
  take(): string[] {
    return this.commands.splice(0);
  }
}

function ignore(): void {
  // A client without a listener for its errors ends the process when its connection breaks.
}

function freePort(): number {
  for (;;) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    // A node of a cluster also listens on the port that is 10 000 higher.
    if (port < 55_000) return port;
  }
}
