/** What one session holds: the part that a codec makes into a text. */
export interface SessionDocument {
  /** The data, by key. */
  readonly data: ReadonlyMap<string, unknown>;
  /** When the session began, in milliseconds since the Unix epoch; kept when it gets a new id. */
  readonly created: number;
  /**
   * When it ends, if it was told: seconds after the last change, 0 for "when the browser is closed", or an instant as ISO text. (Django's
   * `_session_expiry`.)
   */
  readonly expiry: number | string | undefined;
}

/**
 * Writes a document as a text.
 *
 * @param document The document.
 * @returns JSON: `{"c":created,"e":expiry,"d":{…}}`.
 */
export function encodeDocument(document: SessionDocument): string {
  // A null prototype: a key "__proto__" is data like any other.
  const data: Record<string, unknown> = Object.create(null);
  for (const [key, value] of document.data) data[key] = value;
  return JSON.stringify({ c: document.created, e: document.expiry, d: data });
}

/**
 * Reads a document from a text.
 *
 * @param text What {@linkcode encodeDocument} wrote.
 * @returns The document; `undefined` if the text is something else.
 */
export function decodeDocument(text: string): SessionDocument | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  const { c: created, e: expiry, d: data } = parsed;
  if (typeof created !== "number" || !isObject(data)) return undefined;
  if (expiry !== undefined && typeof expiry !== "number" && !isDate(expiry)) return undefined;
  return { data: new Map(Object.entries(data)), created, expiry };
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
