/** The law of imports: one direction, files and not doors, `@std/*` and `node:*` and nothing else. */

import { dirname, join } from "@std/path/posix";
import { FOLDERS, type ProjectFile } from "./_library.ts";

/** Gives what is wrong with the imports of a file of the library, each with its remedy. */
export function importComplaints(file: ProjectFile): string[] {
  return specifiersOf(file).flatMap((specifier) => {
    const complaint = specifier === undefined
      ? "imports what is only known when it runs: name the module in the import"
      : complaintAbout(file.path, specifier);
    return complaint === undefined ? [] : [`${file.path} ${complaint}`];
  });
}

/** Lists what a file imports, in whatever way; `undefined` stands for an import that is not a literal. */
export function specifiersOf({ path, text }: ProjectFile): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  Deno.lint.runPlugin(
    {
      name: "house",
      rules: {
        imports: {
          create: ({ sourceCode }) => ({
            ImportDeclaration: ({ source }) => void found.push(source.value),
            ExportAllDeclaration: ({ source }) => void found.push(source.value),
            ExportNamedDeclaration: ({ source }) => void (source && found.push(source.value)),
            ImportExpression: ({ source }) =>
              void found.push(source.type === "Literal" ? String(source.value) : undefined),
            TSImportType: (node) => void found.push(/["']([^"']+)["']/.exec(sourceCode.getText(node))?.[1]),
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

function rankOf(path: string): number | undefined {
  if (path === "mod.ts") return FOLDERS.length;
  const rank = FOLDERS.findIndex((folder) => path.startsWith(`${folder}/`));
  return rank < 0 ? undefined : rank;
}
