/** A page compressed by `gzip()`, whole, with random bytes against BREACH. */

import { gzip, pipeline } from "../../middleware/mod.ts";
import { answerPromises } from "./answer_rounds.ts";
import { expectPage, PAGE } from "./packed_page.ts";

const app = pipeline().use(gzip()).handle(() => new Response(PAGE));
const request = new Request("http://127.0.0.1/", { headers: { "Accept-Encoding": "gzip" } });
const operation = async () => (await app(request)).bytes();

await answerPromises(operation, await expectPage(await operation()));
