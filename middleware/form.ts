/**
 * Reading a body as a form, within limits.
 *
 * @module
 */

import { HttpError } from "./http_error.ts";

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
 * @throws {RangeError} If one is no whole number from 0.
 * @internal
 */
export function resolveFormLimits(limits: FormLimits = {}): Required<FormLimits> {
  const resolved = { maxBytes: 10_485_760, maxTextBytes: 2_621_440, maxFields: 1_000, maxFiles: 100, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`Cannot use form limit ${name} as it must be a whole number from 0: received ${value}`);
    }
  }
  return resolved;
}

/**
 * Reads a request's body as a form. The request's own body stays unread, so that a view that calls
 * `request.formData()` after somebody else has looked still gets its form.
 *
 * @param request The request.
 * @param limits How much it may hold.
 * @returns The form; empty for a request without a body.
 * @throws {HttpError} 413, 400 or 415.
 * @internal
 */
export async function readForm(request: Request, limits: Required<FormLimits>): Promise<FormData> {
  if (request.body === null) return new FormData();
  const type = request.headers.get("Content-Type") ?? "";
  const kind = type.split(";", 1)[0]!.trim().toLowerCase();
  const isText = kind === "application/x-www-form-urlencoded";
  if (!isText && kind !== "multipart/form-data") {
    throw new HttpError(415, "The body is not a form", { headers: { "Accept-Post": ACCEPTED } });
  }
  if (request.bodyUsed) {
    throw new TypeError("Cannot read the form as the body was read already: call context.form() before request.text()");
  }
  const limit = isText ? Math.min(limits.maxBytes, limits.maxTextBytes) : limits.maxBytes;
  if (Number(request.headers.get("Content-Length")) > limit) throw tooLarge(`more than ${limit} bytes`);
  const bytes = await readBytes(request.clone().body!, limit);
  if (isText) refuseManyPairs(bytes, limits.maxFields);
  const form = await parse(bytes, type);
  checkCounts(form, limits);
  return form;
}

const ACCEPTED = "application/x-www-form-urlencoded, multipart/form-data";

async function readBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = body.getReader();
  while (true) {
    const { done, value } = await readChunk(reader);
    if (done) break;
    size += value.length;
    if (size > limit) {
      // Not awaited: the other half of the clone keeps the source open until it is dropped too.
      reader.cancel().catch(() => {});
      throw tooLarge(`more than ${limit} bytes`);
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

/** A connection that breaks while the body arrives is the visitor's doing, not an exception of ours. */
async function readChunk<T>(reader: ReadableStreamDefaultReader<T>): Promise<ReadableStreamReadResult<T>> {
  try {
    return await reader.read();
  } catch (cause) {
    throw new HttpError(400, "The body ended before its time", { cause });
  }
}

async function parse(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "Content-Type": type } }).formData();
  } catch (cause) {
    throw new HttpError(400, "The form is malformed", { cause });
  }
}

/** Counts before parsing: a million `&` are cheap to send and dear to parse. */
function refuseManyPairs(bytes: Uint8Array, most: number): void {
  let pairs = 1;
  for (let at = bytes.indexOf(AMPERSAND); at >= 0; at = bytes.indexOf(AMPERSAND, at + 1)) pairs++;
  if (pairs > most + 1) throw tooLarge(`more than ${most} fields`);
}

const AMPERSAND = 0x26;

function checkCounts(form: FormData, limits: Required<FormLimits>): void {
  let fields = 0;
  let files = 0;
  let textBytes = 0;
  for (const [name, value] of form) {
    if (typeof value === "string") {
      fields++;
      textBytes += name.length + value.length;
    } else {
      files++;
    }
  }
  if (fields > limits.maxFields) throw tooLarge(`more than ${limits.maxFields} fields`);
  if (files > limits.maxFiles) throw tooLarge(`more than ${limits.maxFiles} files`);
  if (textBytes > limits.maxTextBytes) throw tooLarge(`more than ${limits.maxTextBytes} bytes of text`);
}

function tooLarge(what: string): HttpError {
  return new HttpError(413, `The form holds ${what}`);
}
