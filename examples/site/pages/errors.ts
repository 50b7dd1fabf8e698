/**
 * The pages for errors, in the shop's own clothes.
 *
 * They ask neither the session nor the messages for anything: they have to work when those don't.
 */

import { type Context, type ErrorHandlers, html, htmlResponse, type HttpError } from "@nuages/web";
import { languageOf } from "../languages.ts";
import { Refusal } from "../refusal.ts";
import { frame } from "../templates/layout.ts";
import { type Texts, textsIn } from "../texts/texts.ts";
import { themeOf } from "../theme.ts";

export const ERROR_PAGES: ErrorHandlers = { default: errorPage };

function errorPage(_request: Request, context: Context, error: HttpError): Response {
  const { status, headers } = error;
  const language = languageOf(context);
  const { errors, toShelves } = textsIn(language).shop;
  const { title, text } = wordsFor(status, errors);
  const headline = html`
    <div class="headline">
      <p class="status">${status}</p>
      <h1>${title}</h1>
      <p>${error instanceof Refusal ? error.message : text}</p>
      ${status >= 500 && html`<p>${errors.nameIt(context.requestId)}</p>`}
    </div>
  `;
  const main = html`<p><a class="loud" href="/">${toShelves}</a></p>`;
  return htmlResponse(frame({ theme: themeOf(context), language, title, headline, main }), { status, headers });
}

function wordsFor(status: number, errors: Texts["shop"]["errors"]): { readonly title: string; readonly text: string } {
  switch (status) {
    case 403:
    case 404:
    case 405:
    case 413:
    case 429:
    case 503:
      return errors[status];
    default:
      return errors[status < 500 ? 400 : 500];
  }
}
