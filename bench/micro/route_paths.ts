/** 200 routes of a shop, and a path for each. */

/** A route as both tables are told it, and a path that it answers. */
export interface Place {
  /** The path, with parameters after a colon. */
  readonly pattern: string;
  /** A path that it matches. */
  readonly path: string;
}

const SECTIONS = ["books", "orders", "people", "reviews", "lists", "shops", "events", "papers", "gifts", "stories"];
const PAGES = ["", "new/", "popular/", "recent/", "archive/", "search/", "help/", "about/", "rules/", "press/"];
const PARTS = ["", "edit/", "delete/", "history/", "comments/", "share/", "print/", "likes/", "related/", "files/"];

/** 100 routes without parameters. */
export const LITERALS: readonly Place[] = SECTIONS.flatMap((section) =>
  PAGES.map((page) => ({ pattern: `/${section}/${page}`, path: `/${section}/${page}` }))
);

/** 100 routes with one. */
export const PATTERNS: readonly Place[] = SECTIONS.flatMap((section, index) =>
  PARTS.map((part) => ({ pattern: `/${section}/one/:id/${part}`, path: `/${section}/one/${index * 37 + 5}/${part}` }))
);

/** The requests, made once: making one costs more than finding its view. */
export function requestsFor(places: readonly Place[]): Request[] {
  return places.map(({ path }) => new Request(`http://127.0.0.1${path}`));
}

/** Which of the two is measured, by the first argument. */
export const ASKED: readonly Place[] = Deno.args[0] === "patterns" ? PATTERNS : LITERALS;
