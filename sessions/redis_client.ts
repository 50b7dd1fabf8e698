/** A connection to Redis or Valkey, as far as `RedisStore` needs one: any client fits by one line. */
export interface RedisClient {
  /**
   * Sends one command. The store sends `GET`, `EVALSHA`, `EVAL` and `ZREM`. The key is the first argument; of `EVALSHA` and `EVAL` it is the third.
   *
   * @param command The command's name.
   * @param args Its arguments: well-formed texts, to be sent in UTF-8.
   * @returns What the server answers: a text (or its bytes), a number, an array of these, `null` for nothing. What the server refuses, and a connection
   * that fails, rejects with an `Error` whose message is the server's.
   */
  send(command: string, ...args: string[]): Promise<unknown>;
}
