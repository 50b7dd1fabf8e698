/** A page compressed by the runtime's `CompressionStream`, by hand. */

import { answerPromises } from "./answer_rounds.ts";
import { expectPage, PAGE } from "./packed_page.ts";

const operation = () => {
  const packed = new Response(PAGE).body!.pipeThrough(new CompressionStream("gzip"));
  return new Response(packed).bytes();
};

await answerPromises(operation, await expectPage(await operation()));
