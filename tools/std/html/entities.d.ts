// The signatures of `@std/html/entities`.

export type EntityList = Record<string, string>;
export type UnescapeOptions = { entityList: EntityList };

export function escape(str: string): string;
export function unescape(str: string, options?: Partial<UnescapeOptions>): string;
