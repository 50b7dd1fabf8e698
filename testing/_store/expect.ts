import { lazyNode } from "../../cookies/lazy_node.ts";

/**
 * Insists that a value is what the contract says.
 *
 * @param actual What the store gave.
 * @param expected What the contract says.
 * @param what What it is, for the message: `read()`, `the version`.
 * @throws {BrokenContract} If it isn't.
 */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (nodeUtil().isDeepStrictEqual(actual, expected)) return;
  throw new BrokenContract(`${what} must be ${shown(expected)}: received ${shown(actual)}`);
}

/**
 * Insists on something.
 *
 * @param condition Whether it is so.
 * @param what What must be, for the message.
 * @throws {BrokenContract} If it isn't.
 */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new BrokenContract(what);
}

/** That a store breaks its contract, and where. */
export class BrokenContract extends Error {
  override readonly name = "BrokenContract";
}

function shown(value: unknown): string {
  return nodeUtil().inspect(value, { maxStringLength: 80, maxArrayLength: 8, breakLength: Infinity });
}

const nodeUtil = lazyNode("node:util");
