// deno-lint-ignore-file no-import-prefix -- only this facade knows where the code is
// @ts-types="./delay.d.ts"
export * from "npm:deno-std@1.4.0/async/delay.js";
