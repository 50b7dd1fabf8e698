// `@std/path/dirname`.

export { dirname } from "./mod.ts";
