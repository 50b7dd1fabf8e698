/** What the laws of the house are held against: the files of the library and of the project. */

import { walkSync } from "@std/fs/walk";
import { FOLDERS, isThere, ROOT, ROOT_URL } from "../../tools/project.ts";

/** A file of the project. */
export interface ProjectFile {
  /** Its path below the root, with slashes. */
  readonly path: string;
  /** What is in it. */
  readonly text: string;
}

/** Reads every source file of the library. */
export function libraryFiles(): ProjectFile[] {
  const paths = FOLDERS.filter(isThere).flatMap((folder) =>
    [...walkSync(ROOT + folder, { includeDirs: false, exts: [".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs"] })]
      .map(({ path }) => path.slice(ROOT.length).replaceAll("\\", "/"))
  );
  return ["mod.ts", ...paths.sort()].map(readProjectFile);
}

/** Reads one file of the project by its path below the root. */
export function readProjectFile(path: string): ProjectFile {
  return { path, text: Deno.readTextFileSync(new URL(path, ROOT_URL)) };
}

/**
 * The paths of all files that are, or would with the next commit be, in the repository. Without a repository (a download,
 * or a folder that git does not trust) those of all files that nobody generated.
 */
export async function projectPaths(): Promise<string[]> {
  const { success, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  const paths = success ? new TextDecoder().decode(stdout).split("\0") : [...allPaths()];
  return paths.filter((path) => path !== "" && isThere(path));
}

function* allPaths(): Generator<string> {
  const skip = [/[/\\](\.git|\.generated|node_modules|coverage)$/];
  for (const { path } of walkSync(ROOT, { includeDirs: false, includeSymlinks: false, skip })) {
    yield path.slice(ROOT.length).replaceAll("\\", "/");
  }
}
