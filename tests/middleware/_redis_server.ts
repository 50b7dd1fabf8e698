/** A real Redis server on a free port, and as much of a client as it takes to send a command (RESP2). */

import { delay } from "@std/async/delay";

/** Where the executable is; `undefined` if it isn't installed. */
export const REDIS: string | undefined = [
  Deno.env.get("REDIS_SERVER"),
  "/usr/bin/redis-server",
  "/usr/local/bin/redis-server",
]
  .find((path) => path !== undefined && isThere(path));

/** What the name of a test that needs the server ends with. */
export const WITHOUT_REDIS: string = REDIS
  ? ""
  : " (skipped: there is no redis-server; REDIS_SERVER names another place)";

/** A server that ends when it is disposed of. */
export class RedisServer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #port: number;
  readonly #directory: string;

  private constructor(process: Deno.ChildProcess, port: number, directory: string) {
    this.#process = process;
    this.#port = port;
    this.#directory = directory;
  }

  static async start(): Promise<RedisServer> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const directory = await Deno.makeTempDir();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
    const process = new Deno.Command(REDIS!, { args, stdout: "null", stderr: "null" }).spawn();
    const server = new RedisServer(process, port, directory);
    for (let turn = 0; turn < 200; turn++) {
      const client = await server.connect().catch(() => undefined);
      if (client !== undefined) {
        client[Symbol.dispose]();
        return server;
      }
      await delay(20);
    }
    throw new Error("redis-server doesn't listen");
  }

  async connect(): Promise<RedisConnection> {
    return new RedisConnection(await Deno.connect({ hostname: "127.0.0.1", port: this.#port }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** A connection that sends one command after the other. */
export class RedisConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #rest = "";
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  send(command: string, ...args: string[]): Promise<unknown> {
    const answer = this.#turn.then(() => this.#ask([command, ...args]));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #ask(parts: string[]): Promise<unknown> {
    const encoder = new TextEncoder();
    const bulks = parts.map((part) => `$${encoder.encode(part).length}\r\n${part}\r\n`);
    await this.#connection.write(encoder.encode(`*${parts.length}\r\n${bulks.join("")}`));
    return await this.#read();
  }

  async #read(): Promise<unknown> {
    const line = await this.#line();
    const value = line.slice(1);
    switch (line[0]) {
      case "+":
        return value;
      case ":":
        return Number(value);
      case "-":
        throw new Error(value);
      case "$":
        return value === "-1" ? null : await this.#line();
      default: {
        const items: unknown[] = [];
        for (let i = 0; i < Number(value); i++) items.push(await this.#read());
        return items;
      }
    }
  }

  async #line(): Promise<string> {
    const buffer = new Uint8Array(4096);
    while (!this.#rest.includes("\r\n")) {
      const size = await this.#connection.read(buffer);
      if (size === null) throw new Error("The connection is closed");
      this.#rest += new TextDecoder().decode(buffer.subarray(0, size));
    }
    const [line = ""] = this.#rest.split("\r\n", 1);
    this.#rest = this.#rest.slice(line.length + 2);
    return line;
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
