// The signatures of `@std/crypto/timing-safe-equal`.

export function timingSafeEqual(a: ArrayBufferView | ArrayBufferLike, b: ArrayBufferView | ArrayBufferLike): boolean;
