/** A value signed and verified by `Signer`. */

import { KeyRing, Signer } from "../../mod.ts";
import { answerRounds } from "./answer_rounds.ts";

const signer = new Signer(new KeyRing(["a key for the benchmark, 32 bytes at least"]));
const values = Array.from({ length: 256 }, (_, index) => `visitor ${index}, a value of some length`);

await answerRounds((round) => {
  const value = signer.unsign(signer.sign(values[round & 255]!));
  if (value === undefined) throw new Error("The signature must hold");
  return value;
}, "(a value that was signed and verified)");
