/**
 * Looking at a body while it passes.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";

/**
 * Passes a body on and hands it over when it is whole. Until then it is read as fast as it comes, however slow the visitor is, for others may wait for it. One that grows beyond
 * the limit isn't kept: what was is let go, and the rest passes as the visitor reads it. So no body makes it hold more than the limit.
 *
 * @param body The body.
 * @param limit How many bytes to keep at most.
 * @param done Called once: with the whole body, or with nothing if it is too large, fails, or the visitor goes away.
 * @returns What to send instead.
 * @internal
 */
export function keepBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
  done: (bytes: Uint8Array<ArrayBuffer> | undefined, isTooLarge: boolean) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let kept: Uint8Array<ArrayBuffer>[] | undefined = [];
  let size = 0;
  let cancelled = false;

  function giveUp(isTooLarge: boolean): void {
    if (kept === undefined) return;
    kept = undefined;
    done(undefined, isTooLarge);
  }

  async function step(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<boolean> {
    let result;
    try {
      result = await reader.read();
    } catch (error) {
      giveUp(false);
      if (!cancelled) controller.error(error);
      return false;
    }
    if (cancelled) return false;
    if (result.done) {
      const whole = kept;
      kept = undefined;
      if (whole !== undefined) done(concat(whole), false);
      controller.close();
      return false;
    }
    const { value } = result;
    if (kept !== undefined && value instanceof Uint8Array) {
      size += value.length;
      if (size > limit) giveUp(true);
      else kept.push(value.slice());
    } else giveUp(false);
    controller.enqueue(value);
    return true;
  }

  let reading: Promise<void> | undefined;
  return new ReadableStream({
    start(controller) {
      reading = (async () => {
        while (kept !== undefined && await step(controller));
        reading = undefined;
      })();
    },
    async pull(controller) {
      if (reading !== undefined) await reading;
      else await step(controller);
    },
    cancel(reason) {
      cancelled = true;
      giveUp(false);
      return reader.cancel(reason);
    },
  });
}
