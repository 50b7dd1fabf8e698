/** Errors in the shop's own words, which its error page shows as they are: what the library says of others is English. */

import { HttpError } from "@nuages/web";

/** Something that the shop refuses, and why, in the visitor's language. */
export class Refusal extends HttpError {}
