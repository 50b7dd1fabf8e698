// `@std/path/from-file-url`.

export { fromFileUrl } from "./mod.ts";
