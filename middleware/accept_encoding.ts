/**
 * Which encoding a visitor would rather have.
 *
 * @module
 */

/** The content codings that {@linkcode gzip} can write, by their names in headers. */
export type ContentCoding = "br" | "gzip" | "zstd";

/**
 * Reads `Accept-Encoding` (RFC 9110 §12.5.3). Among codings the visitor likes equally well the first that is offered wins. An item that is malformed counts as
 * one that isn't there; without the header nothing is compressed, as many who leave it out can't read it.
 *
 * @param header The header's value.
 * @param offered What can be had, best first.
 * @returns The coding; `undefined` to send the content as it is.
 * @internal
 */
export function preferredCoding(header: string | null, offered: readonly ContentCoding[]): ContentCoding | undefined {
  if (header === null) return undefined;
  const weights = new Map<string, number>();
  for (const item of header.split(",")) {
    const [, name = "", q = "1"] = ITEM_REGEXP.exec(item) ?? [];
    const coding = name.toLowerCase();
    if (coding !== "") weights.set(coding === "x-gzip" ? "gzip" : coding, Number(q));
  }
  const others = weights.get("*") ?? 0;
  let best: ContentCoding | undefined;
  // "identity" is always acceptable, and preferred only where it is said to be.
  let most = weights.get("identity") ?? 0;
  for (const coding of offered) {
    const weight = weights.get(coding) ?? others;
    if (weight <= 0 || weight < most || best !== undefined && weight === most) continue;
    best = coding;
    most = weight;
  }
  return best;
}

const ITEM_REGEXP =
  /^[ \t]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:[ \t]*;[ \t]*[Qq]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*$/;
