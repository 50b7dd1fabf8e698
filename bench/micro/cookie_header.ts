/** A header with 20 cookies, such as sites with a consent banner and some counters get. */
export const COOKIE_HEADER: string = Array.from({ length: 20 }, (_, index) => {
  const value = index % 5 === 0 ? `GA1.2.${1_000_000_007 * (index + 1)}.1700000000` : `value-${index}_of.some~length`;
  return `cookie_${index}=${value}`;
}).join("; ");

/** The cookie that is set. */
export const COOKIE_VALUE = "gXHEz93elRfoCeDr25BXqaEMHGUVOlU4RmTDO3b0vLI";
