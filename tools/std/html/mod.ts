// The whole of `@std/html`.

export * from "./entities.ts";
