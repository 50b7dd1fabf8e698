/** A connection that sends one request after the other: what the load generator and the checks have in common. */

import { type RawResponse, readResponse } from "./raw_response.ts";

/** A connection to a server on this machine. It is opened again when the server closes it. */
export class Connection {
  readonly #port: number;
  readonly #buffer = new Uint8Array(64 * 1024);
  readonly #decoder = new TextDecoder("latin1");
  #socket: Deno.TcpConn | undefined;

  /** @param port Where the server listens. */
  constructor(port: number) {
    this.#port = port;
  }

  /** Opens it, if it isn't open. */
  async open(): Promise<void> {
    if (this.#socket !== undefined) return;
    this.#socket = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    this.#socket.setNoDelay(true);
  }

  /**
   * Sends a request and waits for the whole response.
   *
   * @param request Its bytes.
   * @returns The response, in Latin-1: one character a byte.
   * @throws {Error} If the connection breaks, or what comes is no response.
   */
  async exchange(request: Uint8Array): Promise<RawResponse> {
    await this.open();
    const socket = this.#socket!;
    for (let sent = 0; sent < request.length;) sent += await socket.write(request.subarray(sent));
    let text = "";
    for (;;) {
      const count = await socket.read(this.#buffer);
      if (count !== null) text += this.#decoder.decode(this.#buffer.subarray(0, count));
      const response = readResponse(text, count === null);
      if (response === undefined) continue;
      if (response.closes || count === null) this.close();
      return response;
    }
  }

  /** Closes it. */
  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
