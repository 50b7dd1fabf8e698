/**
 * The keys of a table of routes.
 *
 * @module
 */

/** What a key says. */
export interface RouteKey {
  /** The method; "" for every one. */
  readonly method: string;
  /** The path in its canonical form: what a request's path is looked up as. */
  readonly path: string;
  /** What a request's path is tried with; `undefined` for a literal path. */
  readonly pattern: URLPattern | undefined;
  /** The path without the names of its parts: two paths of one shape match the same. */
  readonly shape: string;
}

/**
 * Reads the key of a route: `"GET /books/:id/"`, or a path alone.
 *
 * @param key The key.
 * @returns What it says.
 * @throws {TypeError} If it is malformed.
 * @internal
 */
export function parseRouteKey(key: string): RouteKey {
  const [, method = "", written] = /^(?:([A-Z]+) )?(\/[^\s#]*)$/.exec(key) ?? [];
  if (written === undefined) {
    throw new TypeError(
      `Cannot create routes as "${key}" is not a path, or a method and a path, without spaces and "#": ` +
        'write "GET /books/:id/" or "/books/:id/"',
    );
  }
  if (!SPECIAL_REGEXP.test(written)) {
    // The path is put behind a host, since "//a/b" by itself would name one.
    const path = canonicalPath(new URL(`http://localhost${written}`).pathname);
    return { method, path, pattern: undefined, shape: path };
  }
  const pattern = compile(key, canonicalPath(written));
  const path = pattern.pathname;
  return { method, path, pattern, shape: path.replaceAll(NAME_REGEXP, (part) => part.startsWith(":") ? ":" : part) };
}

/**
 * Writes percent-encoded bytes in capitals, as RFC 3986 §6.2.2.1 has it. Nothing is decoded: `/%61dmin/` is not `/admin/`, or whoever checks a
 * path by its text would miss it.
 *
 * @param path A path.
 * @returns The path in its canonical form.
 * @internal
 */
export function canonicalPath(path: string): string {
  return path.includes("%") ? path.replaceAll(ENCODED_REGEXP, (encoded) => encoded.toUpperCase()) : path;
}

const SPECIAL_REGEXP = /[:*{}()?+\\]/;
const ENCODED_REGEXP = /%[0-9a-f]{2}/gi;
// A name; or, to pass it over, an escaped character or a group's own expression, where a colon begins no name.
const NAME_REGEXP = /\\.|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|:[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

function compile(key: string, pathname: string): URLPattern {
  try {
    return new URLPattern({ pathname });
  } catch (cause) {
    throw new TypeError(`Cannot create routes as the path of "${key}" is no URLPattern`, { cause });
  }
}
