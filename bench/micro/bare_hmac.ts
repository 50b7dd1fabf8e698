/** What signing and verifying come down to: two HMACs, written as base64url, and nothing that makes them safe to use. */

import { createHmac } from "node:crypto";
import { answerRounds } from "./answer_rounds.ts";

const key = "a key for the benchmark, 32 bytes at least";
const values = Array.from({ length: 256 }, (_, index) => `visitor ${index}, a value of some length`);

await answerRounds((round) => {
  const value = values[round & 255]!;
  const signature = createHmac("sha256", key).update(value).digest("base64url");
  const again = createHmac("sha256", key).update(value).digest("base64url");
  if (again !== signature) throw new Error("The signature must hold");
  return value;
}, "(a value that was signed and verified)");
