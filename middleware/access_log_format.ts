/**
 * The lines of an access log.
 *
 * @module
 */

/** What is known of a request when it is over. */
export interface AccessLogEntry {
  /** When it came. */
  readonly time: Date;
  /** How long it took until the last byte was sent or the visitor had left, in milliseconds. */
  readonly milliseconds: number;
  /** The visitor's address; "" where there is none. */
  readonly address: string;
  /** The method it came with. */
  readonly method: string;
  /** The path, percent-encoded, without the query. */
  readonly path: string;
  /** The status of the response. */
  readonly status: number;
  /** How many bytes the body had, where the response says so (`Content-Length`). */
  readonly bytes: number | undefined;
  /** The id of the request. */
  readonly requestId: string;
  /** The page it came from, without query, fragment and user name; "" if it doesn't say. */
  readonly referer: string;
  /** The browser; "" if it doesn't say. */
  readonly userAgent: string;
}

/** How a line is written; by name, or by a function of yours. */
export type AccessLogFormat = "json" | "common" | "combined" | ((entry: AccessLogEntry) => string);

/**
 * Finds the function that writes lines.
 *
 * @param format How.
 * @returns The function.
 * @throws {TypeError} If there is no such format.
 * @internal
 */
export function lineWriter(format: AccessLogFormat): (entry: AccessLogEntry) => string {
  if (typeof format === "function") return format;
  const known = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known !== undefined) return known;
  throw new TypeError(
    `Cannot create accessLog as format must be "json", "common", "combined" or a function: received ${
      Deno.inspect(format)
    }`,
  );
}

const FORMATS: { readonly [format in AccessLogFormat & string]: (entry: AccessLogEntry) => string } = {
  json,
  common,
  combined: (entry) => `${common(entry)} "${quoted(entry.referer) || "-"}" "${quoted(entry.userAgent) || "-"}"`,
};

function json({ time, milliseconds, bytes, referer, userAgent, ...rest }: AccessLogEntry): string {
  const line = JSON.stringify({
    time: time.toISOString(),
    ...rest,
    milliseconds,
    ...(bytes === undefined ? {} : { bytes }),
    ...(referer === "" ? {} : { referer }),
    ...(userAgent === "" ? {} : { userAgent }),
  });
  // A terminal obeys some of these, and some programs take them for the end of a line.
  return line.replace(/[^\x20-\x7e]/g, (character) => `\\u${hex(character, 4)}`);
}

/** The "common log format" of NCSA and Apache. The version of HTTP isn't known to the program, so it isn't written. */
function common({ time, address, method, path, status, bytes }: AccessLogEntry): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  const at = `${day}/${month}/${year}:${clock} +0000`;
  return `${address || "-"} - - [${at}] "${quoted(method)} ${quoted(path)}" ${status} ${bytes ?? "-"}`;
}

/** What a visitor sent, so that it can't leave its quotation marks nor its line. */
function quoted(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    return character.charCodeAt(0) < 256 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
  });
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
