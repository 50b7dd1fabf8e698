/**
 * Where browsers send reports.
 *
 * @module
 */

/** Endpoints by their names: an address with https, or a path of this site. (Reporting API.) */
export type ReportingEndpoints = Readonly<Record<string, string>>;

/** The endpoints, checked. */
export interface Reporting {
  /** The value of `Reporting-Endpoints`; `undefined` without endpoints. */
  readonly header: string | undefined;
  /** The directives of a policy that reports to the first of them; `""` without endpoints. */
  readonly directives: string;
}

/**
 * Checks the endpoints, and makes header and directives once.
 *
 * @param endpoints The endpoints.
 * @returns What to send.
 * @throws {TypeError} If a name or an address can't be used.
 * @internal
 */
export function resolveReporting(endpoints: ReportingEndpoints = {}): Reporting {
  const entries = Object.entries(endpoints).map(([name, address]) => {
    if (!/^[a-z*][a-z0-9_.*-]*$/.test(name)) {
      throw new TypeError(
        "Cannot create contentSecurityPolicy as the names of reportingEndpoints must be lower-case letters, digits, " +
          `"_", "-", "." and "*": received ${JSON.stringify(name)}`,
      );
    }
    return [name, checkedAddress(address)] as const;
  });
  const [first] = entries;
  if (first === undefined) return { header: undefined, directives: "" };
  // Both, as no browser knows only the new one and some know only the old one; who knows both goes by report-to.
  const directives = `report-uri ${first[1]}; report-to ${first[0]}`;
  return { header: entries.map(([name, address]) => `${name}="${address}"`).join(", "), directives };
}

function checkedAddress(address: unknown): string {
  if (typeof address === "string" && /^[\x21-\x7e]+$/.test(address)) {
    const url = /^\/(?![/\\])/.test(address) ? URL.parse(address, "https://nuages.invalid") : URL.parse(address);
    const text = url?.host === "nuages.invalid" ? url.pathname + url.search : url?.href;
    const secure = url?.protocol === "https:" || url?.protocol === "http:" && url.hostname === "localhost";
    // What ends a source, a directive or a header's string would make another policy of it.
    if (secure && text !== undefined && !/[\s;,'"\\]/.test(text) && url?.hash === "") return text;
  }
  throw new TypeError(
    "Cannot create contentSecurityPolicy as reportingEndpoints must be addresses with https, or paths that begin with " +
      `one "/", without commas, semicolons and quotes: received ${Deno.inspect(address)}`,
  );
}
