import type process from "node:process";

/** The modules of Node's that the library uses at once when it does. */
interface NodeModules {
  readonly "node:buffer": typeof import("node:buffer");
  readonly "node:crypto": typeof import("node:crypto");
  readonly "node:fs": typeof import("node:fs");
  readonly "node:net": typeof import("node:net");
  readonly "node:path": typeof import("node:path");
  readonly "node:sqlite": typeof import("node:sqlite");
  readonly "node:timers": typeof import("node:timers");
  readonly "node:url": typeof import("node:url");
  readonly "node:util": typeof import("node:util");
  readonly "node:zlib": typeof import("node:zlib");
}

/**
 * Names a module of Node's that is loaded when it is first used. The first `import` of any of them takes as long as starting an empty program does, whichever it
 * is; so nobody pays for it who only reads cookies. What is sure to need one asks for it at construction, not while a visitor waits.
 *
 * `await import()` would do the same where waiting is possible; signing isn't such a place.
 *
 * @typeParam N The module's name.
 * @param name The module's name.
 * @returns A function that gives the module, the same one each time.
 * @internal
 */
export function lazyNode<N extends keyof NodeModules>(name: N): () => NodeModules[N] {
  let loaded: NodeModules[N] | undefined;
  return () => loaded ??= builtinModule(name);
}

function builtinModule<N extends keyof NodeModules>(name: N): NodeModules[N] {
  // Even to look at this global is what takes the time, and importing it would be too early.
  const { process: node } = globalThis as unknown as { readonly process: typeof process };
  return node.getBuiltinModule(name) as unknown as NodeModules[N];
}
