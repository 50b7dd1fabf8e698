// The signatures of `@std/encoding/base64url`.

import type { Uint8Array_ } from "./_types.d.ts";

export type { Uint8Array_ };
export function encodeBase64Url(data: ArrayBuffer | Uint8Array | string): string;
export function decodeBase64Url(b64url: string): Uint8Array_;
