/** The laws about the text of a file: its size, and what must not be in it. */

import type { ProjectFile } from "./_library.ts";

/** How many lines a file of the library may have, its documentation counted. */
export const MAX_LINES = 250;

/** Gives what is wrong with the size of a file. */
export function sizeComplaints({ path, text }: ProjectFile): string[] {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return lines > MAX_LINES ? [`${path} has ${lines} lines, ${MAX_LINES} are the limit: split it by its ideas`] : [];
}

/** Gives what a file of the library does to the world around it: writing to the console, changing global types. */
export function globalComplaints({ path, text }: ProjectFile): string[] {
  const found: string[] = [];
  Deno.lint.runPlugin(
    {
      name: "house",
      rules: {
        globals: {
          create: () => ({
            Identifier({ name }) {
              if (name === "console") found.push(`${path} uses console: report an event that a user can listen to`);
            },
            TSModuleDeclaration({ kind }) {
              if (kind !== "global" && kind !== "module") return;
              found.push(
                `${path} declares a ${kind}: add to the context by its type, JSR refuses changes of global types`,
              );
            },
          }),
        },
      },
    },
    path,
    text,
  );
  return found;
}

/** Gives the traces of a developer's machine or of a package registry in a file of the project. */
export function machineComplaints({ path, text }: ProjectFile): string[] {
  const traces = [...text.matchAll(MACHINE_PATH), ...REGISTRIES.flatMap((host) => [...text.matchAll(host)])];
  return traces.map(([trace]) => `${path} names "${trace}": no path of a machine and no registry's host belongs here`);
}

/** Absolute paths that only exist on somebody's machine. Written so that this file is innocent of its own law. */
const MACHINE_PATH =
  /(?<![\w.:/~-])\/(?:(?:work|root|tmp|home|Users)\/[\w.-]+|root\b(?!\/))[\w./-]*|\b[A-Z]:\\Users\\\w+/g;

const REGISTRIES = [/\bregistry\.npmjs\.org\b/g, /\bnpmjs\.com\b/g, /\bjsr\.io\b/g];
