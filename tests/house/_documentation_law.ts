/** The law of documentation: doors tell a story, functions and classes show an example that runs and asserts. */

/** The part of what `deno doc --json` prints that the law reads. */
export interface Documentation {
  readonly nodes: Readonly<Record<string, DocumentedModule>>;
}

interface DocumentedModule {
  readonly "module_doc"?: Comment;
  readonly symbols: readonly { readonly name: string; readonly declarations: readonly Declaration[] }[];
}

interface Declaration {
  readonly kind: string;
  readonly location: { readonly filename: string; readonly line: number };
  readonly jsDoc?: Comment;
}

interface Comment {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

/** Gives the doors without a story: without an `@module` comment that has text. */
export function doorComplaints(documentation: Documentation, root: string): string[] {
  return Object.entries(documentation.nodes).flatMap(([url, { "module_doc": comment }]) => {
    const isStory = Boolean(comment?.doc) && Boolean(comment?.tags?.some(({ kind }) => kind === "module"));
    return isStory ? [] : [`${url.slice(root.length)} is a door without a story: begin it with a comment with @module`];
  });
}

/** Gives the exported functions and classes without an example that runs and asserts something. */
export function exampleComplaints(documentation: Documentation, root: string): string[] {
  const complaints = new Set<string>();
  for (const { symbols } of Object.values(documentation.nodes)) {
    for (const { name, declarations } of symbols) {
      const [first] = declarations.filter(({ kind }) => kind === "function" || kind === "class");
      if (first === undefined) continue;
      const examples = declarations.flatMap(({ jsDoc }) => jsDoc?.tags ?? []).filter(({ kind }) => kind === "example");
      if (examples.some(({ doc }) => isLiving(doc ?? ""))) continue;
      const place = `${first.location.filename.slice(root.length)}:${first.location.line}`;
      complaints.add(
        `${place} ${name} has no @example that runs: show its use in a \`\`\`ts block, and assert the result`,
      );
    }
  }
  return [...complaints].sort();
}

function isLiving(example: string): boolean {
  const blocks = [...example.matchAll(/^```(?:ts|typescript)\n(.*?)^```/gms)].map(([, code]) => code!);
  return blocks.some((code) => /(?<!console\.)\bassert\w*[(<]/.test(code) && /from "@nuages\/web(\/\w+)?"/.test(code));
}
