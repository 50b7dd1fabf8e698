// The parts of `@std/cli` that the project uses.

export * from "./parse_args.ts";
