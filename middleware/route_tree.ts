/**
 * Patterns of whole segments, found in a tree.
 *
 * @module
 */

import { formsOf, type RouteForm, type RoutePart } from "./route_forms.ts";

/** A route found by a path. */
export interface FoundRoute<T> {
  /** Its place in the table; of two the lower one counts. */
  readonly order: number;
  /** What was added under it. */
  readonly value: T;
  /**
   * Reads the named parts.
   *
   * @param path The path it was found by.
   * @param decode Decodes a part.
   * @returns The parts by their names, without a prototype, so that one may have any name and none is there that isn't the path's.
   */
  params(path: string, decode: (part: string) => string): Record<string, string | undefined>;
}

/**
 * The patterns that most tables have, such as `/books/:id/`: their segments are texts, names, names that may be left out, and a `*` at the end. What they match, and with which parts, is
 * what [URLPattern](https://urlpattern.spec.whatwg.org/) says; but patterns with a common beginning share the work of comparing it, where URLPatterns are tried one by one.
 *
 * @internal
 */
export class RouteTree<T> {
  readonly #root: Node<T> = new Node("");

  /**
   * Takes a pattern in.
   *
   * @param pathname The pattern, as `URLPattern.pathname` has it.
   * @param order Its place in the table. A pattern with parts that may be left out takes several places.
   * @param value What is found by it.
   * @returns How many places it has taken; 0 if it is of another kind.
   */
  add(pathname: string, order: number, value: T): number {
    const forms = formsOf(pathname);
    for (const [index, form] of forms.entries()) plant(this.#root, form, new Leaf(form, order + index, value));
    return forms.length;
  }

  /**
   * Finds the first pattern that matches.
   *
   * @param path A path in its canonical form.
   * @param after Only patterns behind this place.
   * @returns The pattern's route, if there is one.
   */
  find(path: string, after: number): FoundRoute<T> | undefined {
    return search(this.#root, path, 0, after, undefined);
  }
}

/** A text that paths have in common. */
class Node<T> {
  text: string;
  /** How paths go on with a text, by its first code unit. */
  readonly branches = new Map<number, Node<T>>();
  /** How they go on behind a segment that has a name. */
  named: Node<T> | undefined;
  /** The patterns that end here. */
  readonly ends: Leaf<T>[] = [];
  /** The patterns that take all that comes behind. */
  readonly rests: Leaf<T>[] = [];

  constructor(text: string) {
    this.text = text;
  }
}

class Leaf<T> implements FoundRoute<T> {
  readonly order: number;
  readonly value: T;
  readonly #parts: readonly RoutePart[];

  constructor({ parts }: RouteForm, order: number, value: T) {
    this.order = order;
    this.value = value;
    this.#parts = parts;
  }

  params(path: string, decode: (part: string) => string): Record<string, string | undefined> {
    const params: Record<string, string | undefined> = Object.create(null);
    let at = 0;
    for (const { kind, name, before } of this.#parts) {
      if (kind === "absent") {
        params[name] = undefined;
        continue;
      }
      const start = at + before.length;
      at = kind === "rest" ? path.length : segmentEnd(path, start);
      params[name] = decode(path.slice(start, at));
    }
    return params;
  }
}

/**
 * Goes all ways that a path can go, of which there are no more than the tree has nodes.
 *
 * @param node Where it is.
 * @param path The path.
 * @param at What of the path lies behind.
 * @param after Only leaves behind this place count.
 * @param best The first leaf so far.
 * @returns The first leaf.
 */
function search<T>(
  node: Node<T>,
  path: string,
  at: number,
  after: number,
  best: Leaf<T> | undefined,
): Leaf<T> | undefined {
  if (node.rests.length > 0) best = earlier(node.rests, after, best);
  if (at === path.length) return earlier(node.ends, after, best);
  const branch = node.branches.get(path.charCodeAt(at));
  if (branch !== undefined && path.startsWith(branch.text, at)) {
    best = search(branch, path, at + branch.text.length, after, best);
  }
  if (node.named === undefined) return best;
  const end = segmentEnd(path, at);
  return end === at ? best : search(node.named, path, end, after, best);
}

function segmentEnd(path: string, start: number): number {
  const slash = path.indexOf("/", start);
  return slash === -1 ? path.length : slash;
}

/** The leaves of a node stand in the table's order. */
function earlier<T>(leaves: readonly Leaf<T>[], after: number, best: Leaf<T> | undefined): Leaf<T> | undefined {
  for (const leaf of leaves) {
    if (leaf.order > after) return best === undefined || leaf.order < best.order ? leaf : best;
  }
  return best;
}

function plant<T>(root: Node<T>, { parts, end }: RouteForm, leaf: Leaf<T>): void {
  let node = root;
  for (const { kind, before } of parts) {
    if (kind === "absent") continue;
    node = grow(node, before);
    if (kind === "rest") return void node.rests.push(leaf);
    node = node.named ??= new Node("");
  }
  grow(node, end).ends.push(leaf);
}

/** The node for a text behind another one; branches are cut where texts part. */
function grow<T>(node: Node<T>, text: string): Node<T> {
  if (text === "") return node;
  const code = text.charCodeAt(0);
  const branch = node.branches.get(code);
  if (branch === undefined) {
    const child = new Node<T>(text);
    node.branches.set(code, child);
    return child;
  }
  let shared = 1;
  while (shared < branch.text.length && branch.text[shared] === text[shared]) shared++;
  if (shared < branch.text.length) {
    const fork = new Node<T>(text.slice(0, shared));
    node.branches.set(code, fork);
    branch.text = branch.text.slice(shared);
    fork.branches.set(branch.text.charCodeAt(0), branch);
    return grow(fork, text.slice(shared));
  }
  return grow(branch, text.slice(shared));
}
