// `@std/path/basename`.

export { basename } from "./mod.ts";
