// Our own stand-in for `@std/fs/walk`: the npm package has no `fs`. Links are not followed: leave `followSymlinks` out.

import { fileURLToPath } from "node:url";
import { basename, join, normalize } from "node:path";

/** What to visit. */
export interface WalkOptions {
  /** How many levels to go down; 0 visits the root alone. */
  maxDepth?: number;
  /** Whether files are visited; true unless said otherwise. */
  includeFiles?: boolean;
  /** Whether directories are visited; true unless said otherwise. */
  includeDirs?: boolean;
  /** Whether links are visited; true unless said otherwise. */
  includeSymlinks?: boolean;
  /** Only paths with one of these ends are visited. */
  exts?: string[];
  /** Only paths that one of these matches are visited. */
  match?: RegExp[];
  /** Paths that one of these matches are left out, with all that is below them. */
  skip?: RegExp[];
}

/** A file or directory on the way. */
export interface WalkEntry extends Deno.DirEntry {
  /** The path, beginning with the root. */
  path: string;
}

/** Visits the root and everything below it. */
export async function* walk(root: string | URL, options: WalkOptions = {}): AsyncIterableIterator<WalkEntry> {
  const path = toPath(root);
  const { maxDepth = Infinity, includeDirs = true } = options;
  if (maxDepth < 0) return;
  if (includeDirs && wants(path, options)) yield entryOf(path, await Deno.stat(path));
  if (maxDepth < 1 || isSkipped(path, options)) return;
  for await (const entry of Deno.readDir(path)) {
    const below = join(path, entry.name);
    if (entry.isDirectory) yield* walk(below, { ...options, maxDepth: maxDepth - 1 });
    else if (isAsked(entry, options) && wants(below, options)) yield { ...entry, path: below };
  }
}

/** Visits the root and everything below it. */
export function* walkSync(root: string | URL, options: WalkOptions = {}): IterableIterator<WalkEntry> {
  const path = toPath(root);
  const { maxDepth = Infinity, includeDirs = true } = options;
  if (maxDepth < 0) return;
  if (includeDirs && wants(path, options)) yield entryOf(path, Deno.statSync(path));
  if (maxDepth < 1 || isSkipped(path, options)) return;
  for (const entry of Deno.readDirSync(path)) {
    const below = join(path, entry.name);
    if (entry.isDirectory) yield* walkSync(below, { ...options, maxDepth: maxDepth - 1 });
    else if (isAsked(entry, options) && wants(below, options)) yield { ...entry, path: below };
  }
}

function toPath(root: string | URL): string {
  return root instanceof URL ? fileURLToPath(root) : root;
}

function entryOf(path: string, { isFile, isDirectory, isSymlink }: Deno.FileInfo): WalkEntry {
  const normal = normalize(path);
  return { path: normal, name: basename(normal), isFile, isDirectory, isSymlink };
}

function isAsked(entry: Deno.DirEntry, { includeFiles = true, includeSymlinks = true }: WalkOptions): boolean {
  return entry.isSymlink ? includeSymlinks : includeFiles;
}

function wants(path: string, options: WalkOptions): boolean {
  const { exts, match } = options;
  if (exts && !exts.some((ext) => path.endsWith(ext.startsWith(".") ? ext : `.${ext}`))) return false;
  if (match && !match.some((pattern) => path.search(pattern) >= 0)) return false;
  return !isSkipped(path, options);
}

function isSkipped(path: string, { skip }: WalkOptions): boolean {
  return skip !== undefined && skip.some((pattern) => path.search(pattern) >= 0);
}
