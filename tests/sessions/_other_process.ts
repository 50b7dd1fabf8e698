import type { SessionStore } from "../../sessions/store.ts";
import { workerCommand } from "./_workers.ts";

/** A process in which stores are opened, and used from here. */
export interface OtherProcess extends AsyncDisposable {
  /** A store that lives there. */
  storeAt(kind: string, path: string): SessionStore & AsyncDisposable;
}

/** Starts a process that opens stores. */
export async function startOtherProcess(): Promise<OtherProcess> {
  const [program, args] = workerCommand("serve_stores", []);
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  await reader.cancel();
  const address = `http://127.0.0.1:${parseInt(value)}/`;
  return {
    storeAt: (kind, path) => remoteStore((method, ...args) => call(address, { kind, path, method, args })),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
    },
  };
}

// deno-lint-ignore no-explicit-any -- each method knows what it asks for
type Call = (method: string, ...args: unknown[]) => Promise<any>;

function remoteStore(call: Call): SessionStore & AsyncDisposable {
  return {
    read: (key, options = {}) => call("read", key, options),
    create: (key, record) => call("create", key, record),
    update: (key, record, version) => call("update", key, record, version),
    delete: (key) => call("delete", key),
    list: (owner) => call("list", owner),
    clearExpired: () => call("clearExpired"),
    [Symbol.asyncDispose]: () => call("close"),
  };
}

async function call(address: string, body: unknown): Promise<unknown> {
  const response = await fetch(address, { method: "POST", body: JSON.stringify(body) });
  const { result, error, isTypeError } = await response.json();
  if (error !== undefined) throw isTypeError ? new TypeError(error) : new Error(error);
  return result;
}
