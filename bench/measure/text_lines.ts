/** Lines of text from a stream of bytes. */

/** Reads a stream line by line; unlike a loop over the stream itself it can be asked for one line at a time. */
export class TextLineReader implements AsyncIterable<string> {
  readonly #chunks: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#chunks = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next line without its end, or `undefined` if there is none; what has no end is no line. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { done, value } = await this.#chunks.read();
      if (done) return undefined;
      this.#rest += value;
    }
  }

  /** Whatever lines are to come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (let line = await this.next(); line !== undefined; line = await this.next()) yield line;
  }
}
