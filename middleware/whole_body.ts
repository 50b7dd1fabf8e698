/**
 * Telling a body that is there from one that is still coming.
 *
 * @module
 */

/** The bytes of a response's body. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Looks whether a body is whole: a text or bytes given to `new Response()`, which Deno hands over in one piece and then ends. That takes a few turns of the queue of
 * microtasks, in which nothing is waited for: a file, another server's answer or a stream that makes itself is left alone, be it endless.
 * What has arrived by then all the same is whole too, as a short file may be: Deno begins to read one when its stream is made.
 *
 * @param body The body; it is read through what comes back from here on.
 * @returns Its bytes if it is whole; otherwise a stream of all of it, that is read only as fast as whoever reads it asks.
 * @internal
 */
export async function peekBody(body: ReadableStream<Bytes>): Promise<Bytes | ReadableStream<Bytes>> {
  const reader = body.getReader();
  const first = reader.read();
  const head = await atOnce(first);
  if (head === undefined) return continued([first], reader);
  if (head.done) return new Uint8Array();
  const second = reader.read();
  const tail = await atOnce(second);
  // A stream may be given what is no bytes; that is an error for whoever sends it.
  if (tail?.done && ArrayBuffer.isView(head.value)) return head.value;
  return continued([first, second], reader);
}

/** What a promise gives if it is kept already; `undefined` otherwise, and if it is broken: whoever awaits it later sees that. */
async function atOnce<T>(promise: Promise<T>): Promise<T | undefined> {
  let value: T | undefined;
  promise.then((given) => value = given, () => {});
  for (let turn = 0; turn < TURNS && value === undefined; turn++) await null;
  return value;
}

/** A text takes two on Deno 2.9. */
const TURNS = 8;

function continued(
  pending: Promise<ReadableStreamReadResult<Bytes>>[],
  reader: ReadableStreamDefaultReader<Bytes>,
): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await (pending.shift() ?? reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
