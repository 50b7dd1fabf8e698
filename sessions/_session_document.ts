/** Whose session it is, and what is shown of it in a list of sessions. */
export interface Ownership {
  /** The owner's name, as the program knows it. */
  readonly name: string;
  /** What the session is called; `undefined` until it is written for the first time, which is when the browser is asked. */
  readonly label: string | undefined;
  /** The visitor's address. */
  readonly address: string;
  /** Whether the program has said which address to keep. Otherwise it follows the visitor. */
  readonly isAddressGiven: boolean;
  /** When the session was last written, in milliseconds since the Unix epoch. */
  readonly seen: number;
}

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
  /** When it got its present id, in milliseconds since the Unix epoch; absent if that was when it began. */
  readonly issued?: number | undefined;
  /** What the session is called in lists and revocations, whatever id it has. It opens nothing. */
  readonly handle?: string | undefined;
  /** Whose it is. */
  readonly owner?: Ownership | undefined;
  /** Which epoch of its owner's sessions it belongs to; for sessions in a cookie only. */
  readonly epoch?: string | undefined;
}

/**
 * Writes a document as a text.
 *
 * @param document The document.
 * @returns JSON: `{"c":created,"e":expiry,"i":issued,"h":handle,"o":owner,"p":epoch,"d":{…}}`, without what is undefined.
 */
export function encodeDocument(document: SessionDocument): string {
  const { created: c, expiry: e, issued: i, handle: h, owner, epoch: p } = document;
  return JSON.stringify({ c, e, i, h, o: owner && encodeOwnership(owner), p, d: Object.fromEntries(document.data) });
}

/**
 * Reads a document from what JSON has made of a text.
 *
 * @param parsed What was parsed.
 * @returns The document; `undefined` if it is something else.
 */
export function toDocument(parsed: unknown): SessionDocument | undefined {
  if (!isObject(parsed)) return undefined;
  const { c: created, e: expiry, i: issued, h: handle, o, p: epoch, d: data } = parsed;
  if (typeof created !== "number" || !isObject(data)) return undefined;
  if (expiry !== undefined && typeof expiry !== "number" && !isDate(expiry)) return undefined;
  if (!isOptional(issued, "number") || !isOptional(handle, "string") || !isOptional(epoch, "string")) return undefined;
  const owner = o === undefined ? undefined : decodeOwnership(o);
  if (o !== undefined && owner === undefined) return undefined;
  return { data: new Map(Object.entries(data)), created, expiry, issued, handle, owner, epoch };
}

/**
 * Reads a document from a text.
 *
 * @param text What {@linkcode encodeDocument} wrote.
 * @returns The document; `undefined` if the text is something else.
 */
export function decodeDocument(text: string): SessionDocument | undefined {
  return toDocument(parseJson(text));
}

/**
 * Parses a text that may be anything.
 *
 * @param text The text.
 * @returns What it says; `undefined` if it is no JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether something is an object with properties.
 *
 * @param value What to look at.
 * @returns Whether it is.
 */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function encodeOwnership({ name: n, label: l, address: a, isAddressGiven, seen: s }: Ownership): unknown {
  return { n, l, a, g: isAddressGiven ? 1 : undefined, s };
}

function decodeOwnership(parsed: unknown): Ownership | undefined {
  if (!isObject(parsed)) return undefined;
  const { n: name, l: label, a: address, g: given, s: seen } = parsed;
  if (typeof name !== "string" || typeof address !== "string" || typeof seen !== "number") return undefined;
  if (!isOptional(label, "string")) return undefined;
  return { name, label, address, isAddressGiven: given === 1, seen };
}

function isOptional(value: unknown, type: "string"): value is string | undefined;
function isOptional(value: unknown, type: "number"): value is number | undefined;
function isOptional(value: unknown, type: "string" | "number"): boolean {
  return value === undefined || typeof value === type;
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
