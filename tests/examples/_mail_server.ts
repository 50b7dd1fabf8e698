/** A mail server that takes every mail and keeps it: as much of SMTP (RFC 5321) as it takes to be sent one. */

/** A mail as it came over the wire. */
export interface Mail {
  /** The addresses of the envelope. */
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, with line feeds alone. */
  readonly data: string;
}

/** Listens on a free port until it is disposed of. */
export class MailServer implements AsyncDisposable {
  readonly mails: Mail[] = [];
  readonly address: string;
  readonly #listener: Deno.TcpListener;
  readonly #done: Promise<void>;

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.address = `smtp://127.0.0.1:${this.#listener.addr.port}`;
    this.#done = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const visits: Promise<void>[] = [];
    for await (const connection of this.#listener) visits.push(this.#talk(connection));
    await Promise.all(visits);
  }

  async #talk(connection: Deno.TcpConn): Promise<void> {
    const encoder = new TextEncoder();
    const say = (line: string) => connection.write(encoder.encode(`${line}\r\n`));
    let from = "";
    let to: string[] = [];
    let data: string[] | undefined;
    await say("220 test");
    for await (const line of linesOf(connection)) {
      if (data !== undefined) {
        if (line !== ".") {
          data.push(line.replace(/^\.\./, "."));
          continue;
        }
        this.mails.push({ from, to, data: data.join("\n") });
        [data, to] = [undefined, []];
        await say("250 kept");
      } else if (/^(?:EHLO|HELO) /i.test(line)) await say("250 test");
      else if (/^MAIL FROM:/i.test(line)) {
        from = /<(.*)>/.exec(line)?.[1] ?? "";
        await say("250 ok");
      } else if (/^RCPT TO:/i.test(line)) {
        to.push(/<(.*)>/.exec(line)?.[1] ?? "");
        await say("250 ok");
      } else if (line === "DATA") {
        data = [];
        await say("354 go on");
      } else if (line === "QUIT") {
        await say("221 bye");
        break;
      } else await say("502 what?");
    }
    connection.close();
  }
}

async function* linesOf(connection: Deno.TcpConn): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let rest = "";
  for (let size = await connection.read(buffer); size !== null; size = await connection.read(buffer)) {
    rest += decoder.decode(buffer.subarray(0, size), { stream: true });
    const lines = rest.split("\r\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
