// `@std/path/is-absolute`.

export { isAbsolute } from "./mod.ts";
