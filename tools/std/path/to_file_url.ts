// `@std/path/to-file-url`.

export { toFileUrl } from "./mod.ts";
