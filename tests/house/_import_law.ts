/** The law of imports: one direction, files and not doors, `@std/*` and `node:*` and nothing else. */

import { dirname, join } from "@std/path/posix";
import { FOLDERS } from "../../tools/project.ts";
import type { ProjectFile } from "./_library.ts";

/** Gives what is wrong with the imports of a file of the library, each with its remedy. */
export function importComplaints(file: ProjectFile): string[] {
  const imports = importsOf(file);
  const complaints = imports.map(({ specifier }) =>
    specifier === undefined && DECIDED.includes(file.path)
      ? undefined
      : specifier === undefined
      ? "imports what is only known when it runs: name the module in the import"
      : complaintAbout(file.path, specifier)
  );
  const early = imports.map(({ specifier, isEarly }) => isEarly ? complaintAboutEarly(specifier!) : undefined);
  return [...complaints, ...early].flatMap((complaint) => complaint === undefined ? [] : [`${file.path} ${complaint}`]);
}

/** What imports a program of the user's, which docs/decisions/ knows of. */
const DECIDED = ["check/load_app.ts"];

/** Lists what a file imports, in whatever way; `undefined` stands for an import that is not a literal. */
export function specifiersOf(file: ProjectFile): (string | undefined)[] {
  return importsOf(file).map(({ specifier }) => specifier);
}

/** A module that is imported; early is whatever is loaded with the file, and not when it is asked for, or for its types. */
interface Import {
  readonly specifier: string | undefined;
  readonly isEarly: boolean;
}

function importsOf({ path, text }: ProjectFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: string | undefined, isEarly: boolean) => void found.push({ specifier, isEarly });
  Deno.lint.runPlugin(
    {
      name: "house",
      rules: {
        imports: {
          create: ({ sourceCode }) => ({
            ImportDeclaration: ({ source, importKind }) => add(source.value, importKind !== "type"),
            ExportAllDeclaration: ({ source, exportKind }) => add(source.value, exportKind !== "type"),
            ExportNamedDeclaration: ({ source, exportKind }) => source && add(source.value, exportKind !== "type"),
            ImportExpression: ({ source }) => add(source.type === "Literal" ? String(source.value) : undefined, false),
            TSImportType: (node) => add(/["']([^"']+)["']/.exec(sourceCode.getText(node))?.[1], false),
          }),
        },
      },
    },
    path,
    text,
  );
  return found;
}

function complaintAbout(path: string, specifier: string): string | undefined {
  if (/^(@std\/[a-z0-9-]+(\/[a-z0-9-]+)*|node:[a-z_/]+)$/.test(specifier)) return undefined;
  if (!/^\.\.?\//.test(specifier)) {
    return `imports "${specifier}": the library may import @std/*, node:* and its own files by relative paths only`;
  }
  const target = join(dirname(path), specifier);
  const [from, to] = [rankOf(path), rankOf(target)];
  if (to === undefined) return `imports "${specifier}", which is not in the library: move what it needs`;
  if (path === "mod.ts") return undefined;
  if (to > from!) {
    return `imports "${specifier}" against the direction ${
      FOLDERS.join(" → ")
    } → mod.ts: move what both need to the left`;
  }
  if (target.endsWith("/mod.ts")) return `imports the door "${specifier}": import the file that has what it needs`;
  if (target.split("/").at(-1)!.startsWith("_") && !`${dirname(path)}/`.startsWith(`${dirname(target)}/`)) {
    return `imports "${specifier}", which is private to ${
      dirname(target)
    }/: take the underscore off its name, or move it`;
  }
  return undefined;
}

/** Whatever of Node's comes first takes as long to load as an empty program takes to start, and whoever imports a door would pay for it. */
function complaintAboutEarly(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) {
    return `loads "${specifier}" with the door: import its types only, and the module through lazyNode() of cookies/`;
  }
  // It asks for the global `process`, which brings all of that.
  if (specifier.startsWith("@std/path")) {
    return `loads "${specifier}" with the door, which loads much of Node: use lazyNode("node:path") of cookies/`;
  }
  return undefined;
}

function rankOf(path: string): number | undefined {
  if (path === "mod.ts") return FOLDERS.length;
  const rank = FOLDERS.findIndex((folder) => path.startsWith(`${folder}/`));
  return rank < 0 ? undefined : rank;
}
