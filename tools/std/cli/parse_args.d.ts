// The signatures of `@std/cli/parse-args`, without names that hold a dot (`"a.b"`), which the project does not use.

/** What `parseArgs` answers: the flags, and in `_` the arguments that are none. */
export type Args<TArgs extends Record<string, unknown> = Record<string, unknown>> = TArgs & {
  _: Array<string | number>;
};

export interface ParseOptions<
  TBooleans extends string = string,
  TStrings extends string = string,
  TCollectable extends string = string,
  TNegatable extends string = string,
  TDefaults extends Record<string, unknown> = Record<string, unknown>,
  TDoubleDash extends boolean = boolean,
> {
  "--"?: TDoubleDash;
  alias?: Readonly<Record<string, string | readonly string[]>>;
  boolean?: TBooleans | readonly TBooleans[];
  default?: TDefaults;
  stopEarly?: boolean;
  string?: TStrings | readonly TStrings[];
  collect?: TCollectable | readonly TCollectable[];
  negatable?: TNegatable | readonly TNegatable[];
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Values<B extends string, S extends string, C extends string, N extends string, D> =
  & Record<string, unknown>
  & { [K in Exclude<S, C | keyof D>]?: K extends N ? string | false : string }
  & { [K in Extract<Exclude<S, C>, keyof D>]: D[K] | (K extends N ? string | false : string) }
  & { [K in Exclude<B, C | keyof D>]: boolean }
  & { [K in Extract<Exclude<B, C>, keyof D>]: D[K] | boolean }
  & { [K in Extract<S, C>]: string[] }
  & { [K in Extract<B, C>]: boolean[] }
  & { [K in Exclude<C, S | B>]: unknown[] }
  & { [K in Exclude<keyof D, S | B | C>]: unknown };

export function parseArgs<
  TBooleans extends string = never,
  TStrings extends string = never,
  TCollectable extends string = never,
  TNegatable extends string = never,
  TDefaults extends Record<string, unknown> = Record<never, never>,
  TDoubleDash extends boolean = false,
>(
  args: readonly string[],
  options?: ParseOptions<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TDoubleDash>,
):
  & Args<Values<TBooleans, TStrings, TCollectable, TNegatable, TDefaults>>
  & (TDoubleDash extends true ? { "--": string[] } : unknown);
