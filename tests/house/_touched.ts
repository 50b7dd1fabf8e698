/** Imports a door and prints what of the runtime it has asked for meanwhile, as JSON: `deno run _touched.ts DOOR`. */

const touched: string[] = [];
for (const name of ["process", "Buffer", "Response", "setTimeout", "setInterval", "CompressionStream"]) {
  const original = Object.getOwnPropertyDescriptor(globalThis, name)!;
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      touched.push(name);
      Object.defineProperty(globalThis, name, original);
      return (globalThis as Record<string, unknown>)[name];
    },
  });
}
await import(new URL(`../../${Deno.args[0]}`, import.meta.url).href);
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(touched)));
