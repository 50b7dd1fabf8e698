/** Processes of the torture: started, listened to, stopped by their ids. */

import { fromFileUrl } from "@std/path/from-file-url";
import { importArguments } from "../tools/import_map.ts";
import type { SiteArguments } from "./programs/site.ts";
import type { Site } from "./site_app.ts";

/** A program in a process of its own. */
export class Process implements AsyncDisposable {
  /** What it writes, line by line. */
  readonly lines: AsyncIterator<string>;
  readonly #child: Deno.ChildProcess;
  readonly #complaints: Promise<string>;
  #hasEnded = false;

  private constructor(command: string, args: string[], env: Record<string, string>) {
    this.#child = new Deno.Command(command, { args, env, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
    this.#child.status.then(() => this.#hasEnded = true);
    // What it complains of while its server is gone would bury the report; what it says last tells why it has ended.
    this.#complaints = endOf(this.#child.stderr);
    this.lines = linesOf(this.#child.stdout);
  }

  /**
   * Starts a program of ours.
   *
   * @param path The file, below this folder.
   * @param args What it is told.
   */
  static ours(path: string, args: string[]): Process {
    return new Process(Deno.execPath(), ["run", ...QUIETLY, ...importArguments(), pathOf(path), ...args], {});
  }

  /**
   * Starts a program of `peers/`, which finds the npm packages in the map beside it.
   *
   * @param path The file, below this folder.
   * @param args What it is told.
   */
  static peer(path: string, args: string[]): Process {
    const map = ["--no-lock", "--import-map", pathOf("peers/imports.json")];
    return new Process(Deno.execPath(), ["run", ...QUIETLY, ...map, pathOf(path), ...args], { NODE_ENV: "production" });
  }

  /** Its next line, in JSON. */
  async receive<T>(): Promise<T> {
    const { value, done } = await this.lines.next();
    if (done) {
      throw new Error(`The program has ended with ${(await this.#child.status).code}: ${await this.#complaints}`);
    }
    return JSON.parse(value);
  }

  /**
   * Says something to it, and waits for its answer.
   *
   * @param what What to say.
   */
  async ask<T>(what: string): Promise<T> {
    const input = this.#child.stdin.getWriter();
    await input.write(new TextEncoder().encode(`${what}\n`));
    input.releaseLock();
    return await this.receive();
  }

  /** Kills it at once. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    await this.#complaints;
  }

  /** Ends it: its standard input closes, and if that doesn't help within two seconds it is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.#child.status;
    clearTimeout(timer);
    await this.lines.return?.();
    await this.#complaints;
  }
}

/** A site in another process. */
export interface RemoteSite extends AsyncDisposable {
  /** Asks it. */
  readonly site: Site;
  /** Its process. */
  readonly process: Process;
}

/**
 * Starts a site in a process of its own.
 *
 * @param args What it is told.
 */
export function startSite(args: SiteArguments): Promise<RemoteSite> {
  return remote(Process.ours("programs/site.ts", [JSON.stringify(args)]));
}

/**
 * Waits until a program has said its port.
 *
 * @param process The program.
 */
export async function remote(process: Process): Promise<RemoteSite> {
  const { port } = await process.receive<{ port: number }>();
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 64 });
  const site = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    return fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      client,
      redirect: "manual",
    });
  };
  return {
    site,
    process,
    async [Symbol.asyncDispose]() {
      client.close();
      await process[Symbol.asyncDispose]();
    },
  };
}

const QUIETLY = ["--quiet", "--allow-all", "--unstable-kv"];

function pathOf(path: string): string {
  return fromFileUrl(new URL(path, import.meta.url));
}

async function endOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let end = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) end = (end + text).slice(-1000);
  return end;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
