/** The frame around every page. */

import { type Html, html, type Message } from "@nuages/web";
import type { Theme } from "../theme.ts";
import { CART, CLOUD, HALF, HEART, MOON, SEARCH, SUN } from "./icons.ts";
import type { PageData } from "./page.ts";
import { sky } from "./sky.ts";

/** What a page puts into the frame. */
export interface Content {
  readonly title: string;
  /** What stands in the sky; the front page alone has much to say there. */
  readonly headline?: Html | undefined;
  readonly main: Html;
}

/** A whole page of the shop. */
export function layout(data: PageData, { title, headline, main }: Content): Html {
  const top = html`
    ${search()}
    <nav class="top-links" aria-label="Yours">
      <a href="/wishlist/">
        ${HEART}<span>Wishlist</span> <b data-wish-count>${data.wishes.length}</b>
      </a>
      <a href="/cart/">
        ${CART}<span>Cart</span> <b>${data.cartCount}</b>
      </a>
    </nav>
    ${lights(data)}
  `;
  return frame({ theme: data.theme, title, top, headline, main: html`${data.messages.map(notice)} ${main}` });
}

/** The frame alone. Error pages use it as it is, since it needs neither session nor messages nor forms. */
export function frame(
  { theme, title, top, headline, main }: Content & { readonly theme: Theme; readonly top?: Html },
): Html {
  return html`
    <!DOCTYPE html>
    <html lang="en" data-theme="${theme}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title} · Librairie des Nuages</title>
        <link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/static/shop.css">
        <script type="module" src="/static/shop.js"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the page</a>
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
          <p>
            This shop is the example of <span lang="fr">Nuages</span>. Nothing in it is for sale.
          </p>
          <p><a href="/breakage/">What happens when it breaks</a></p>
        </footer>
        <p class="hidden" role="status" data-announcement></p>
      </body>
    </html>
  `;
}

function search(): Html {
  return html`
    <form class="search" action="/" role="search">
      <label class="hidden" for="words">Title or author</label>
      <input id="words" name="words" type="search" placeholder="Title or author">
      <button aria-label="Search">${SEARCH}</button>
    </form>
  `;
}

function lights({ theme, here, csrfField }: PageData): Html {
  const lamp = (value: Theme, label: string, icon: Html) =>
    html`
      <button name="theme" value="${value}" aria-pressed="${String(theme === value)}" aria-label="${label}"
        title="${label}">${icon}</button>
    `;
  return html`
    <form class="lights" action="/theme/" method="post" aria-label="Light">
      ${csrfField}
      <input type="hidden" name="next" value="${here}">
      ${lamp("light", "Day", SUN)} ${lamp("dark", "Night", MOON)} ${lamp("auto", "As your system", HALF)}
    </form>
  `;
}

function notice(message: Message): Html {
  return html`<p class="notice ${message.tags}" role="status">${message.html}</p>`;
}
