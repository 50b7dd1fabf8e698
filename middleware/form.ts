/**
 * Reading a body as a form, within limits.
 *
 * @module
 */

import { lazyNode } from "../cookies/lazy_node.ts";
import { giveBackBody } from "./give_back_body.ts";
import { HttpError } from "./http_error.ts";
import { countParts } from "./multipart.ts";

/** How much a form may hold. Beyond it the request is refused with 413. */
export interface FormLimits {
  /**
   * The whole body, in bytes. It is held in memory while it is parsed.
   *
   * @default {10_485_760}
   */
  maxBytes?: number;
  /**
   * Everything that isn't a file, in bytes. (Django's `DATA_UPLOAD_MAX_MEMORY_SIZE`.)
   *
   * @default {2_621_440}
   */
  maxTextBytes?: number;
  /**
   * How many fields that are not files. (Django's `DATA_UPLOAD_MAX_NUMBER_FIELDS`.)
   *
   * @default {1_000}
   */
  maxFields?: number;
  /**
   * How many files. (Django's `DATA_UPLOAD_MAX_NUMBER_FILES`.)
   *
   * @default {100}
   */
  maxFiles?: number;
}

/**
 * Checks limits and fills in the defaults.
 *
 * @param limits What the pipeline was given.
 * @returns All of them.
 * @throws {TypeError} If there is no such limit.
 * @throws {RangeError} If one is no whole number from 0.
 * @internal
 */
export function resolveFormLimits(limits: FormLimits = {}): Required<FormLimits> {
  const resolved = { ...DEFAULTS };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new TypeError(`Cannot use form limit ${name} as there is none: use ${Object.keys(DEFAULTS).join(", ")}`);
    }
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`Cannot use form limit ${name} as it must be a whole number from 0: received ${value}`);
    }
    resolved[name as keyof FormLimits] = value;
  }
  return resolved;
}

const DEFAULTS: Required<FormLimits> = {
  maxBytes: 10_485_760,
  maxTextBytes: 2_621_440,
  maxFields: 1_000,
  maxFiles: 100,
};

/**
 * Reads a request's body as a form, and gives the request its body back, so that a view that calls
 * `request.formData()` after somebody else has looked still gets its form.
 *
 * @param request The request.
 * @param limits How much it may hold.
 * @returns The form; empty for a request without a body.
 * @throws {HttpError} 413, 400 or 415.
 * @internal
 */
export async function readForm(request: Request, limits: Required<FormLimits>): Promise<FormData> {
  if (request.body === null || request.headers.get("Content-Length") === "0") return new FormData();
  if (request.bodyUsed || request.body.locked) {
    throw new TypeError("Cannot read the form as the body was read already: call context.form() before request.text()");
  }
  const type = request.headers.get("Content-Type");
  if (type === null) return await expectNothing(request, request.body);
  const kind = type.split(";", 1)[0]!.trim().toLowerCase();
  const isText = kind === "application/x-www-form-urlencoded";
  if (!isText && kind !== "multipart/form-data") throw notAForm();
  const limit = isText ? Math.min(limits.maxBytes, limits.maxTextBytes) : limits.maxBytes;
  const refuse = () => tooLarge(`more than ${limit} bytes`);
  if (Number(request.headers.get("Content-Length")) > limit) throw refuse();
  const bytes = await readBytes(request.body, limit, refuse);
  giveBackBody(request, bytes);
  if (bytes.length === 0) return new FormData();
  const parts = isText ? refuseManyPairs(bytes, limits) : refuseManyParts(bytes, type, limits);
  const form = await parse(bytes, type);
  checkCounts(form, limits, parts);
  return form;
}

/** Deno.serve gives a request without a body a stream that ends at once. One that doesn't is no form, but somebody else's to read. */
async function expectNothing(request: Request, body: Body): Promise<FormData> {
  if (Number(request.headers.get("Content-Length")) > 0) throw notAForm();
  const reader = body.getReader();
  while (true) {
    const { done, value } = await readChunk(reader);
    if (done) {
      giveBackBody(request, new Uint8Array());
      return new FormData();
    }
    if (value.length === 0) continue;
    giveBackBody(request, continueWith(value, reader));
    throw notAForm();
  }
}

function continueWith(
  first: Uint8Array<ArrayBuffer>,
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Body {
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

const ACCEPTED = "application/x-www-form-urlencoded, multipart/form-data";

async function readBytes(
  body: Body,
  limit: number,
  refuse: () => HttpError,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = body.getReader();
  while (true) {
    const { done, value } = await readChunk(reader);
    if (done) break;
    size += value.length;
    if (size > limit) {
      // Not awaited: it ends when the connection does, and the refusal shouldn't wait for that.
      reader.cancel().catch(() => {});
      throw refuse();
    }
    chunks.push(value);
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** A connection that breaks while the body arrives is the visitor's doing, not an exception of ours. A layer that limits bodies says itself what is wrong. */
async function readChunk<T>(reader: ReadableStreamDefaultReader<T>): Promise<ReadableStreamReadResult<T>> {
  try {
    return await reader.read();
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError(400, "The body ended before its time", { cause });
  }
}

async function parse(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "Content-Type": type } }).formData();
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Counts before parsing: a million `&` are cheap to send and dear to parse. */
function refuseManyPairs(bytes: Uint8Array, { maxFields }: Required<FormLimits>): undefined {
  let pairs = 0;
  let start = 0;
  while (start <= bytes.length) {
    const found = bytes.indexOf(AMPERSAND, start);
    const end = found < 0 ? bytes.length : found;
    if (end > start && ++pairs > maxFields) throw tooLarge(`more than ${maxFields} fields`);
    start = end + 1;
  }
}

const nodeBuffer = lazyNode("node:buffer");
const AMPERSAND = 0x26;

function refuseManyParts(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  { maxFields, maxFiles }: Required<FormLimits>,
): number {
  const most = maxFields + maxFiles;
  const parts = countParts(bytes, type, most);
  if (parts === undefined) throw malformed();
  if (parts > most) throw tooLarge(`more than ${most} fields and files`);
  return parts;
}

function checkCounts(form: FormData, limits: Required<FormLimits>, parts: number | undefined): void {
  const { Buffer } = nodeBuffer();
  let fields = 0;
  let files = 0;
  let textBytes = 0;
  for (const [name, value] of form) {
    if (typeof value === "string") {
      fields++;
      textBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    } else {
      files++;
    }
  }
  if (parts !== undefined && fields + files !== parts) throw malformed();
  if (fields > limits.maxFields) throw tooLarge(`more than ${limits.maxFields} fields`);
  if (files > limits.maxFiles) throw tooLarge(`more than ${limits.maxFiles} files`);
  if (textBytes > limits.maxTextBytes) throw tooLarge(`more than ${limits.maxTextBytes} bytes of text`);
}

function notAForm(): HttpError {
  return new HttpError(415, "The body is not a form", { headers: { "Accept-Post": ACCEPTED } });
}

function malformed(cause?: unknown): HttpError {
  return new HttpError(400, "The form is malformed", { cause });
}

function tooLarge(what: string): HttpError {
  return new HttpError(413, `The form holds ${what}`);
}
