/**
 * The patterns of a table of routes.
 *
 * @module
 */

import { type FoundRoute, RouteTree } from "./route_tree.ts";

/** A pattern that has to be tried. */
interface Tried<T> {
  readonly order: number;
  readonly pattern: URLPattern;
  readonly value: T;
}

/**
 * Patterns in the table's order. Those of whole segments are found in a tree, the others are tried one by one.
 *
 * @internal
 */
export class RoutePatterns<T> {
  readonly #tree = new RouteTree<T>();
  readonly #all: Tried<T>[] = [];
  /** Those that the tree can't hold. */
  readonly #others: Tried<T>[] = [];
  #places = 0;

  /**
   * Adds a pattern behind those there are.
   *
   * @param pattern The pattern.
   * @param value What is found by it.
   */
  add(pattern: URLPattern, value: T): void {
    const tried: Tried<T> = { order: this.#places, pattern, value };
    const places = this.#tree.add(pattern.pathname, this.#places, value);
    this.#all.push(tried);
    if (places === 0) this.#others.push(tried);
    this.#places += places || 1;
  }

  /**
   * Finds the next pattern that matches a path.
   *
   * @param path The path in its canonical form.
   * @param after The place of the one that was found before.
   * @param isParsed Whether it is the path of a parsed address. URLPattern makes such a path of any other first.
   * @returns Its route, if there is one.
   */
  next(path: string, after = -1, isParsed = true): FoundRoute<T> | undefined {
    if (!isParsed) return tryEach(this.#all, path, after, this.#places);
    const found = this.#tree.find(path, after);
    if (this.#others.length === 0) return found;
    return tryEach(this.#others, path, after, found?.order ?? this.#places) ?? found;
  }
}

/** Tries the patterns that stand between two places. */
function tryEach<T>(
  patterns: readonly Tried<T>[],
  path: string,
  after: number,
  before: number,
): FoundRoute<T> | undefined {
  for (const { order, pattern, value } of patterns) {
    if (order <= after) continue;
    if (order >= before) return undefined;
    const match = pattern.exec({ pathname: path });
    if (match !== null) return { order, value, params: (_path, read) => readAll(match.pathname.groups, read) };
  }
  return undefined;
}

function readAll(
  groups: Record<string, string | undefined>,
  read: (part: string) => string,
): Record<string, string | undefined> {
  const params: Record<string, string | undefined> = Object.create(null);
  for (const [name, part] of Object.entries(groups)) params[name] = part === undefined ? undefined : read(part);
  return params;
}
