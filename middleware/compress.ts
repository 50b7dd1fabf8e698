/**
 * Compressing bodies, with a length that tells nothing.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { randomBytes } from "../cookies/random.ts";
import type { ContentCoding } from "./accept_encoding.ts";
import type { Bytes } from "./whole_body.ts";

/** How to compress. */
export interface Compression {
  /** Gzip's level, 0 to 9. */
  readonly level: number;
  /** Brotli's quality, 0 to 11. */
  readonly quality: number;
  /** How many random bytes are added at most; 0 for none. */
  readonly maxRandomBytes: number;
}

type Zlib = typeof import("node:zlib");

/**
 * Loads the compressors, when the first body is to be compressed: `node:zlib` doubles the time a small program takes to start. `CompressionStream` would do without, but it
 * holds back what it was given until there is more.
 *
 * @returns The module.
 * @internal
 */
export function loadZlib(): Promise<Zlib> {
  return import("node:zlib");
}

/**
 * Compresses a whole body in one go.
 *
 * @param zlib The compressors.
 * @param bytes The body.
 * @param coding With what.
 * @param compression How.
 * @returns The compressed body.
 * @internal
 */
export function compressWhole(zlib: Zlib, bytes: Bytes, coding: ContentCoding, compression: Compression): Bytes {
  const chunkSize = OUTPUT_BYTES;
  if (coding === "gzip") {
    const zipped = zlib.gzipSync(bytes, { level: compression.level, chunkSize });
    return withFileName(zipped as Bytes, padding(compression));
  }
  if (coding === "zstd") return concat([zlib.zstdCompressSync(bytes), skippableFrame(padding(compression))]);
  const { constants } = zlib;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: compression.quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  // Flushed and not finished, it ends at a whole byte, where another block can follow.
  const finishFlush = constants.BROTLI_OPERATION_FLUSH;
  const flushed = zlib.brotliCompressSync(bytes, { chunkSize, finishFlush, params });
  return concat([flushed, metadataBlock(padding(compression)), BROTLI_END]);
}

/**
 * Compresses a stream, piece by piece: what went in comes out at once, and nothing is read that nobody asks for.
 *
 * @param zlib The compressors.
 * @param body The stream.
 * @param coding With what.
 * @param compression How.
 * @returns The compressed stream.
 * @internal
 */
export function compressStream(
  zlib: Zlib,
  body: ReadableStream<Bytes>,
  coding: ContentCoding,
  compression: Compression,
): ReadableStream<Bytes> {
  const reader = body.getReader();
  const compressor = newCompressor(zlib, coding, compression);
  let send: (piece: Bytes) => void;
  let emitted = Promise.withResolvers<void>();
  let pieces = 0;
  let rest: Bytes[] | undefined;

  async function finish(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    const begun = pieces > 0;
    rest = [];
    await new Promise<void>((resolve) => compressor.once("end", resolve).end());
    const end = concat(rest);
    controller.enqueue(begun ? padEnd(end, coding, compression) : end);
    controller.close();
  }

  return new ReadableStream<Bytes>({
    start(controller) {
      send = (piece) =>
        controller.enqueue(pieces++ > 0 || coding !== "gzip" ? piece : withFileName(piece, padding(compression)));
      compressor.on("data", (piece: Bytes) => {
        if (rest === undefined) send(piece);
        else rest.push(piece);
        emitted.resolve();
      });
      compressor.on("error", (error: Error) => controller.error(error));
    },
    async pull(controller) {
      while (true) {
        const { done, value } = await reader.read();
        if (done) return await finish(controller);
        if (value.length === 0) continue;
        emitted = Promise.withResolvers();
        await Promise.all([new Promise((resolve) => compressor.write(value, resolve)), emitted.promise]);
        return;
      }
    },
    async cancel(reason) {
      compressor.destroy();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** Room for one piece of output: enough for most pages, and little to clear for small ones. */
const OUTPUT_BYTES = 32_768;

/** Every piece is flushed when it has gone in. */
function newCompressor(zlib: Zlib, coding: ContentCoding, { level, quality }: Compression) {
  const { constants } = zlib;
  if (coding === "gzip") return zlib.createGzip({ level, flush: constants.Z_SYNC_FLUSH });
  if (coding === "zstd") return zlib.createZstdCompress({ flush: constants.ZSTD_e_flush });
  return zlib.createBrotliCompress({
    flush: constants.BROTLI_OPERATION_FLUSH,
    params: { [constants.BROTLI_PARAM_QUALITY]: quality },
  });
}

/** The end of a compressed stream, made longer; what went before was flushed. */
function padEnd(end: Bytes, coding: ContentCoding, compression: Compression): Bytes {
  if (coding === "zstd") return concat([end, skippableFrame(padding(compression))]);
  if (coding === "gzip" || end.at(-1) !== BROTLI_END[0]) return end;
  return concat([end.subarray(0, -1), metadataBlock(padding(compression)), BROTLI_END]);
}

/** Bytes that mean nothing, in a number nobody can guess. */
function padding({ maxRandomBytes }: Compression): Bytes {
  if (maxRandomBytes === 0) return new Uint8Array();
  const [high = 0, low = 0] = randomBytes(2);
  return new Uint8Array((high << 8 | low) % maxRandomBytes).fill(LETTER);
}

const LETTER = 0x61;

/** Puts a name into the header of a gzip file (RFC 1952 §2.3): readers pass over it. */
function withFileName(zipped: Bytes, name: Bytes): Bytes {
  if (name.length === 0) return zipped;
  const named = concat([zipped.subarray(0, HEADER), name, new Uint8Array(1), zipped.subarray(HEADER)]);
  named[FLAGS]! |= FNAME;
  return named;
}

const [FLAGS, FNAME, HEADER] = [3, 0x08, 10];

/** A block of a Brotli stream that readers pass over (RFC 7932 §9.2); it begins at a whole byte. */
function metadataBlock(content: Bytes): Bytes {
  if (content.length === 0) return content;
  const length = content.length - 1;
  // Bit by bit from the lowest: not the last (0), metadata (11), reserved (0), a length of one byte (01), the length less one.
  return concat([Uint8Array.of(0b010110 | (length & 0b11) << 6, length >> 2), content]);
}

/** The last block of a Brotli stream, empty. */
const BROTLI_END = Uint8Array.of(0b11);

/** A frame that readers of Zstandard pass over (RFC 8878 §3.1.2). */
function skippableFrame(content: Bytes): Bytes {
  if (content.length === 0) return content;
  return concat([Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, content.length, 0, 0, 0), content]);
}
