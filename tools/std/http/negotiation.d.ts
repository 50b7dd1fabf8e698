// The signatures of `@std/http/negotiation`.

export function accepts(request: Pick<Request, "headers">): string[];
export function accepts<T extends string = string>(request: Pick<Request, "headers">, ...types: T[]): T | undefined;
export function acceptsEncodings(request: Pick<Request, "headers">): string[];
export function acceptsEncodings<T extends string = string>(
  request: Pick<Request, "headers">,
  ...encodings: T[]
): T | undefined;
export function acceptsLanguages(request: Pick<Request, "headers">): string[];
export function acceptsLanguages<T extends string = string>(
  request: Pick<Request, "headers">,
  ...langs: T[]
): T | undefined;
