// deno-lint-ignore-file no-console -- it hands on what the programs say of what goes wrong

/** A program under measurement: started, listened to, and stopped by its process id. */

import { ROOT } from "../../tools/project.ts";
import { pinned } from "./cores.ts";
import type { Program } from "./programs.ts";
import { TextLineReader } from "./text_lines.ts";

/** A running program that speaks JSON, line by line. */
export class SideProcess implements AsyncDisposable {
  static readonly #running = new Set<SideProcess>();
  readonly #child: Deno.ChildProcess;
  readonly #lines: TextLineReader;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#lines = new TextLineReader(child.stdout);
    this.#input = child.stdin.getWriter();
    SideProcess.#running.add(this);
    printFirstLines(child.stderr);
  }

  /**
   * Starts a program.
   *
   * @param program What to start.
   * @param core The core it is held to, if any.
   */
  static start(program: Program, core: number | undefined): SideProcess {
    const [command = "", ...args] = pinned(core, program.command);
    const options = { args, cwd: ROOT, env: { ...program.env, NO_COLOR: "1" } };
    return new SideProcess(
      new Deno.Command(command, { ...options, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn(),
    );
  }

  /** Ends whatever still runs, for a harness that is ended itself. */
  static async stopAll(): Promise<void> {
    await Promise.all([...SideProcess.#running].map((side) => side.stop()));
  }

  /** The id of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Waits for the next line.
   *
   * @param seconds For how long.
   * @returns What it says.
   * @throws {Error} If the program ends, or says nothing in time.
   */
  async receive<T>(seconds: number): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`It said nothing for ${seconds} seconds`)), seconds * 1000);
    try {
      const line = await Promise.race([this.#lines.next(), late]);
      if (line === undefined) throw new Error(`It ended with exit code ${(await this.#child.status).code}`);
      return JSON.parse(line);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says something to the program, and waits for its answer. */
  async ask<T>(what: unknown, seconds: number): Promise<T> {
    await this.#input.write(new TextEncoder().encode(JSON.stringify(what) + "\n"));
    return await this.receive(seconds);
  }

  /** Asks the program to end, and kills it if it doesn't within two seconds. */
  async stop(): Promise<void> {
    if (!SideProcess.#running.delete(this)) return;
    this.#kill("SIGTERM");
    const timer = setTimeout(() => this.#kill("SIGKILL"), 2000);
    await this.#child.status;
    clearTimeout(timer);
    await this.#input.abort().catch(() => {});
  }

  /** The same, at the end of a block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** What a program says of what goes wrong; one that says it with every request would bury the report. */
async function printFirstLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  let printed = 0;
  for await (const line of new TextLineReader(stream)) {
    if (printed++ < MOST_LINES) console.error(`  | ${line}`);
  }
}

const MOST_LINES = 12;
