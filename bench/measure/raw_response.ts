/** HTTP/1.1 responses as they come over the wire. (RFC 9112 §6.) */

/** A response, undecoded. */
export interface RawResponse {
  /** The status. */
  readonly status: number;
  /** The lines of the head after the first, as they came. */
  readonly head: string;
  /** The body, with the marks of chunks taken out. */
  readonly body: string;
  /** Whether the server closes the connection. */
  readonly closes: boolean;
}

/**
 * Reads a response to anything but HEAD.
 *
 * @param text What has come so far, in Latin-1.
 * @param ended Whether no more will come.
 * @returns `undefined` while it isn't whole.
 * @throws {Error} If it is cut off, or no response.
 */
export function readResponse(text: string, ended: boolean): RawResponse | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return ended ? cutOff(text) : undefined;
  const status = Number(text.slice(9, 12));
  if (!text.startsWith("HTTP/1.") || !(status >= 200)) return cutOff(text);
  const head = text.slice(text.indexOf("\r\n") + 2, end);
  const rest = text.slice(end + 4);
  const closes = CLOSE_REGEXP.test(head);
  const length = LENGTH_REGEXP.exec(head)?.[1];
  if (length !== undefined) {
    if (rest.length >= Number(length)) return { status, head, body: rest.slice(0, Number(length)), closes };
  } else if (CHUNKED_REGEXP.test(head)) {
    const body = joinChunks(rest);
    if (body !== undefined) return { status, head, body, closes };
  } else if (status === 204 || status === 304) {
    return { status, head, body: "", closes };
  } else if (ended) {
    return { status, head, body: rest, closes };
  }
  return ended ? cutOff(text) : undefined;
}

const LENGTH_REGEXP = /^content-length: *(\d+)/im;
const CHUNKED_REGEXP = /^transfer-encoding: *chunked/im;
const CLOSE_REGEXP = /^connection: *close/im;

function joinChunks(text: string): string | undefined {
  let body = "";
  for (let at = 0;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = parseInt(text.slice(at, line), 16);
    if (text.length < line + 2 + size + 2) return undefined;
    if (size === 0) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}

function cutOff(text: string): never {
  throw new Error(`Cannot read the response as it is cut off, or none: ${JSON.stringify(text.slice(0, 80))}`);
}
