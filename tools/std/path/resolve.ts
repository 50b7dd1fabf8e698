// `@std/path/resolve`.

export { resolve } from "./mod.ts";
