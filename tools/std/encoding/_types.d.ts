/** `Uint8Array<ArrayBuffer>`, in words that older compilers understand too. */
export type Uint8Array_ = ReturnType<Uint8Array["slice"]>;
