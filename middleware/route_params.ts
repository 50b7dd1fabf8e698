/**
 * The type of a route's parameters, read from its path.
 *
 * @module
 */

/**
 * The parameters of a route: `"GET /books/:id/"` has `id`. One with `?` or `*` may be absent; a path with unnamed parts or braces, or one
 * that isn't known to the compiler, has any.
 *
 * @typeParam R The route as it stands in the table.
 */
export type RouteParams<R extends string> = string extends R ? LooseParams
  : R extends `${string}{${string}` ? LooseParams
  : R extends `${string} ${infer Path}` ? PathParams<Path>
  : PathParams<R>;

/**
 * The parameters of a path that says nothing of them.
 *
 * @internal
 */
export type LooseParams = { readonly [name: string]: string | undefined };

/**
 * The parameters of a path.
 *
 * @internal
 */
export type PathParams<P extends string> =
  & { readonly [N in Names<P> as N extends `${string}?` ? never : N]: string }
  & { readonly [N in Names<P> as N extends `${infer Bare}?` ? Bare : never]: string | undefined }
  & (P extends `${string}*` ? P extends `${string}:${string}*` ? unknown : { readonly 0: string } : unknown);

/** The names in a path, as a union; one that may be absent ends in "?". */
type Names<P extends string> = P extends `${string}:${infer Rest}` ? Named<Rest> : never;

type Named<P extends string, Name extends string = ""> = P extends `${infer Char}${infer Rest}`
  ? Char extends NameChar ? Named<Rest, `${Name}${Char}`> : Finished<P, Name>
  : Name;

type Finished<P extends string, Name extends string> = P extends `(${string})${infer Rest}` ? Finished<Rest, Name>
  : P extends `?${infer Rest}` | `*${infer Rest}` ? `${Name}?` | Names<Rest>
  : Name | Names<P>;

type NameChar = Lower | Uppercase<Lower> | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "_";
// deno-fmt-ignore
type Lower =
  | "a" | "b" | "c" | "d" | "e" | "f" | "g" | "h" | "i" | "j" | "k" | "l" | "m"
  | "n" | "o" | "p" | "q" | "r" | "s" | "t" | "u" | "v" | "w" | "x" | "y" | "z";
