// deno-lint-ignore-file no-import-prefix -- only this facade knows where the code is
// @ts-types="./timing_safe_equal.d.ts"
export * from "npm:deno-std@1.4.0/crypto/timing_safe_equal.js";
