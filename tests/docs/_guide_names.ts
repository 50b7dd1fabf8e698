/** What the doors of the library export, as `deno doc` tells it, and the names that stand in a cell of a guide. */

import { importArguments } from "../../tools/import_map.ts";
import { DOORS, ROOT } from "../../tools/project.ts";

/** Everything that can be named. */
export interface Exported {
  /** The exports of all doors. */
  readonly names: ReadonlySet<string>;
  /** The members of an exported interface or class, by its name. */
  members(name: string): ReadonlySet<string>;
  /** The members of all exported interfaces and classes: options, what is on the context. */
  readonly allMembers: ReadonlySet<string>;
}

interface Node {
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly { readonly def?: Record<string, unknown> }[];
  }[];
}

/** Asks `deno doc`. */
export async function readExports(): Promise<Exported> {
  const args = ["doc", "--json", ...importArguments(), ...DOORS];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  if (!success) throw new Error(`Cannot read the documentation: ${new TextDecoder().decode(stderr)}`);
  const nodes: Record<string, Node> = JSON.parse(new TextDecoder().decode(stdout)).nodes;
  const members = new Map<string, Set<string>>();
  for (const { name, declarations } of Object.values(nodes).flatMap(({ symbols }) => symbols)) {
    const own = members.get(name) ?? new Set();
    members.set(name, own);
    // Of a type that is put together of others, too, what is named in it.
    for (const { def } of declarations) for (const member of namesWithin(def)) own.add(member);
  }
  return {
    names: new Set(members.keys()),
    members: (name) => members.get(name) ?? new Set(),
    allMembers: new Set([...members.values()].flatMap((own) => [...own])),
  };
}

function namesWithin(def: unknown): string[] {
  if (typeof def !== "object" || def === null) return [];
  const { properties, methods } = def as Record<string, { name: string }[] | undefined>;
  const here = [...properties ?? [], ...methods ?? []].map(({ name }) => name);
  const inner = Object.entries(def).filter(([key]) => key !== "properties" && key !== "methods");
  return [
    ...here,
    ...inner.flatMap(([, value]) => Array.isArray(value) ? value.flatMap(namesWithin) : namesWithin(value)),
  ];
}

/** The rows of all tables of a guide, cell by cell, without the headings. */
export function rowsOf(guide: string): string[][] {
  const lines = guide.split("\n");
  return lines.flatMap((line, index) => {
    const isHeading = /^\| -/.test(lines[index + 1] ?? "");
    if (!line.startsWith("|") || /^\| -/.test(line) || isHeading) return [];
    return [line.slice(1).replace(/\|\s*$/, "").split(" | ").map((cell) => cell.trim())];
  });
}

/** What stands between backticks. */
export function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** Where the names on a context, a session and so on are found. */
const HOLDERS: Readonly<Record<string, string>> = {
  session: "Session",
  "context.messages": "Messages",
  "context.cookies": "CookieJar",
  "context.client": "Client",
  browser: "TestBrowser",
  store: "SessionStore",
  cache: "SiteCache",
};

/**
 * What is wrong with a counterpart as a guide writes it: a name that no door exports, an option or a member that nothing has. A text in quotes, a header, a path and what is the web's or Deno's own pass.
 *
 * @param code What stands between the backticks.
 * @param exported What there is.
 * @returns The names that lead nowhere.
 */
export function strayNames(code: string, exported: Exported): string[] {
  if (
    /^"/.test(code) || /^[\w/.-]+\.(?:ts|md)$/.test(code) || /^jsr:/.test(code) ||
    /^[A-Z][\w-]*(?:: .*)?$/.test(code) && isHeader(code)
  ) {
    return [];
  }
  const bare = code.replaceAll(/"[^"]*"/g, '""');
  const [, head = ""] = /^(?:(?:await|return|throw|new) )*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)/.exec(bare) ?? [];
  const inBraces = bare.slice(bare.indexOf("{"), bare.lastIndexOf("}") + 1);
  const options = [...inBraces.matchAll(/[{,]\s*([A-Za-z]\w*)(?=\s*[,:}])/g)].map(([, name]) => name!);
  return [...strayHead(head, exported), ...options.filter((name) => !exported.allMembers.has(name))];
}

function strayHead(head: string, exported: Exported): string[] {
  const parts = head.split(".");
  for (let length = parts.length - 1; length > 0; length--) {
    const holder = HOLDERS[parts.slice(0, length).join(".")];
    if (holder === undefined) continue;
    return exported.members(holder).has(parts[length]!) ? [] : [head];
  }
  const [first = "", second] = parts;
  if (first === "context" && second !== undefined) {
    // What Deno puts there itself.
    return exported.allMembers.has(second) || second === "completed" ? [] : [head];
  }
  if (first === "request") return second === undefined || second in Request.prototype ? [] : [head];
  if (first === "response") return second === undefined || second in Response.prototype ? [] : [head];
  if (["next", "use", "handle", "undefined", "file"].includes(first)) return [];
  if (exported.names.has(first) || first in globalThis) return [];
  // A member by itself, such as an option that goes along: `absoluteSeconds`.
  return parts.length === 1 && exported.allMembers.has(first) ? [] : [head];
}

function isHeader(code: string): boolean {
  return ["Allow", "Vary"].includes(code.split(":")[0]!);
}
