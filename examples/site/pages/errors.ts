/**
 * The pages for errors, in the shop's own clothes.
 *
 * They ask neither the session nor the messages for anything: they have to work when those don't.
 */

import { type Context, type ErrorHandlers, html, htmlResponse, type HttpError } from "@nuages/web";
import { frame } from "../templates/layout.ts";
import { themeOf } from "../theme.ts";

export const ERROR_PAGES: ErrorHandlers = { default: errorPage };

function errorPage(_request: Request, context: Context, error: HttpError): Response {
  const { status, headers } = error;
  const [title, text] = WORDS[status] ?? (status < 500 ? WORDS[400]! : WORDS[500]!);
  const headline = html`
    <div class="headline">
      <p class="status">${status}</p>
      <h1>${title}</h1>
      <p>${error.expose ? error.message : text}</p>
      ${status >= 500 && html`<p>If you tell us about it, please name <code>${context.requestId}</code>.</p>`}
    </div>
  `;
  const main = html`<p><a class="loud" href="/">To the shelves</a></p>`;
  return htmlResponse(frame({ theme: themeOf(context), title, headline, main }), { status, headers });
}

type Words = readonly [title: string, text: string];

const WORDS: Readonly<Record<number, Words>> = {
  400: ["We could not read that", "Something about the request was not as it should be."],
  403: [
    "That form is not one of ours",
    "It may be old, or it came from somewhere else. Go back, reload the page and try once more.",
  ],
  404: ["Nothing here but sky", "There is no page at this address."],
  405: ["Not that way", "This address takes forms, not visits."],
  500: ["A sudden squall", "Something of ours broke. Nothing of yours was changed."],
  503: ["Closed for a moment", "We cannot reach our storeroom. Please try again shortly."],
};
