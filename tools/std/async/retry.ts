// deno-lint-ignore-file no-import-prefix -- only this facade knows where the code is
// @ts-types="./retry.d.ts"
export * from "npm:deno-std@1.4.0/async/retry.js";
