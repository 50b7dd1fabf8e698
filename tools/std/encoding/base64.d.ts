// The signatures of `@std/encoding/base64`.

import type { Uint8Array_ } from "./_types.d.ts";

export type { Uint8Array_ };
export function encodeBase64(data: ArrayBuffer | Uint8Array | string): string;
export function decodeBase64(b64: string): Uint8Array_;
