/** The frame around every page. */

import { type Html, html, type Message } from "@nuages/web";
import { type Language, type Texts, textsIn } from "../texts/texts.ts";
import type { Theme } from "../theme.ts";
import { CLOUD } from "./icons.ts";
import type { PageData } from "./page.ts";
import { sky } from "./sky.ts";
import { languages, lights, links, preferencesLink, search } from "./top.ts";

/** What a page puts into the frame. */
export interface Content {
  readonly title: string;
  /** What stands in the sky; the front page alone has much to say there. */
  readonly headline?: Html | undefined;
  readonly main: Html;
}

/** What the frame is made with. */
export interface FrameData extends Content {
  readonly language: Language;
  /** The visitor's theme; left out of a page that is kept for everybody, which asks for it as a style sheet. */
  readonly theme?: Theme;
  /** What stands beside the name of the shop. */
  readonly top?: Html;
  /** The switch for the language. */
  readonly languages?: Html;
  /** For the script; without it there is none. */
  readonly cspNonce?: string;
}

/** A whole page of the shop, for one visitor. */
export function layout(data: PageData, { title, headline, main }: Content): Html {
  const { theme, language, texts, cspNonce, here, csrfField } = data;
  return frame({
    title,
    headline,
    main: html`${data.messages.map(notice)} ${main}`,
    theme,
    language,
    cspNonce,
    top: html`${search(texts)} ${links(texts, data)} ${lights(texts, { here, csrfField, theme })}`,
    languages: languages(texts, { here, csrfField, language }),
  });
}

/** A page of the shop that is the same for everybody, so that it can be kept: no name, no numbers, no form with a token. */
export function publicLayout(language: Language, here: string, content: Content): Html {
  const texts = textsIn(language);
  return frame({
    ...content,
    language,
    top: html`${search(texts)} ${links(texts)} ${preferencesLink(texts, here)}`,
  });
}

/** The frame alone. Error pages use it as it is, since it needs neither session nor messages nor forms. */
export function frame({ title, headline, main, language, theme, top, languages, cspNonce }: FrameData): Html {
  const { frame }: Texts["shop"] = textsIn(language).shop;
  return html`
    <!DOCTYPE html>
    <html lang="${language}" ${theme !== undefined && html`data-theme="${theme}"`}>
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title} · Librairie des Nuages</title>
        <link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/static/shop.css">
        ${theme === undefined && html`<link rel="stylesheet" href="/theme.css">`}
        ${cspNonce !== undefined && html`<script type="module" src="/static/shop.js" nonce="${cspNonce}"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">${frame.skip}</a>
        <header class="${headline === undefined ? "sky" : "sky high"}">
          ${sky()}
          <div class="top">
            <a class="name" href="/" lang="fr">${CLOUD}<span>Librairie des Nuages</span></a>
            ${top}
          </div>
          ${headline}
        </header>
        <main id="main">${main}</main>
        <footer>
          <div>
            <p>${frame.about()}</p>
            ${languages}
          </div>
          <div>
            <p><a href="/letters/">${frame.letters}</a></p>
            <p><a href="/breakage/">${frame.breakage}</a></p>
          </div>
        </footer>
        <p class="hidden" role="status" data-announcement
          data-kept="${frame.onWishlist}" data-dropped="${frame.offWishlist}"></p>
      </body>
    </html>
  `;
}

function notice(message: Message): Html {
  return html`<p class="notice ${message.tags}" role="status">${message.html}</p>`;
}
