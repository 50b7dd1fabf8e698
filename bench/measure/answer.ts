/** What a server answers, in a form in which the answers of two servers can be compared. */

import { Connection } from "./connection.ts";

/** A response, decoded. */
export interface Answer {
  /** The status. */
  readonly status: number;
  /** The headers, by name in lower case; the values in the order in which they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The body. */
  readonly body: string;
}

/** The head of a request as the load generator sends it: without `Accept-Encoding`, or Deno would spend most of the time compressing. */
export function requestText(
  method: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string {
  const lines = Object.entries({ Host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = method === "GET" ? "" : `Content-Length: ${new TextEncoder().encode(body).length}\r\n`;
  return `${method} / HTTP/1.1\r\n${lines.join("")}${length}\r\n${body}`;
}

/** Sends a request on a connection of its own and gives the answer. */
export async function askOnce(port: number, request: string): Promise<Answer> {
  const connection = new Connection(port);
  try {
    const { status, head, body } = await connection.exchange(new TextEncoder().encode(request));
    const headers = new Map<string, string[]>();
    for (const line of head.split("\r\n")) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      const values = headers.get(name) ?? [];
      headers.set(name, [...values, line.slice(colon + 1).trim()]);
    }
    return { status, headers, body: new TextDecoder().decode(Uint8Array.from(body, (byte) => byte.charCodeAt(0))) };
  } finally {
    connection.close();
  }
}

/**
 * Compares two answers.
 *
 * What belongs to the connection and not to the page is left out ({@linkcode OF_THE_CONNECTION}); what differs by nature must have the same form
 * ({@linkcode BY_NATURE}); everything else must be the same.
 *
 * @param expected What the others answer.
 * @param actual What this one does.
 * @param tolerated Headers that this one sends besides, since it can't be told not to.
 * @returns What differs, in words; empty if nothing does.
 */
export function differences(expected: Answer, actual: Answer, tolerated: readonly string[] = []): string[] {
  const found: string[] = [];
  if (actual.status !== expected.status) found.push(`status ${actual.status} for ${expected.status}`);
  if (plain(actual.body) !== plain(expected.body)) {
    found.push(`another body: ${JSON.stringify(actual.body.slice(0, 120))}`);
  }
  const [wanted, got] = [comparable(expected), comparable(actual)];
  for (const [name, value] of wanted) {
    if (got.get(name) !== value) found.push(`${name}: ${got.get(name) ?? "(missing)"} for ${value}`);
  }
  for (const [name, value] of got) {
    if (!wanted.has(name) && !tolerated.includes(name)) found.push(`besides ${name}: ${value}`);
  }
  return found;
}

/** Headers that say how the bytes travel; servers differ there whatever the application does. */
export const OF_THE_CONNECTION: readonly string[] = [
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "server",
  "transfer-encoding",
];

/** What differs from answer to answer, and what stands for it when answers are compared. */
export const BY_NATURE: readonly (readonly [form: RegExp, name: string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g, "(a random UUID)"],
  [/\btotal;dur=\d+(\.\d+)?/g, "(the time taken)"],
  [/\bcsrftoken=[A-Za-z0-9]{32,64}\b/g, "csrftoken=(a secret)"],
  [/\bvalue="[A-Za-z0-9]{64}"/g, 'value="(a token)"'],
  [/\bexpires=[^;]+GMT/gi, "expires=(a date)"],
  [/\bsessionid=[A-Za-z0-9_-]{32,}/g, "sessionid=(an id)"],
];

function comparable({ headers }: Answer): Map<string, string> {
  const kept = [...headers].filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return new Map(kept.map(([name, values]) => [name, plain(values.join("\n"))]));
}

function plain(text: string): string {
  return BY_NATURE.reduce((rest, [form, name]) => rest.replaceAll(form, name), text);
}
