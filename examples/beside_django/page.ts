/** The frame around every page, the same as Django's `base.html`, and how views answer with one. */

import { type DjangoUser, type Html, html, type TemplateMessages, TemplateResponse } from "@nuages/web";

/** What the context processors of `app.ts` give to every page. */
export interface PageData {
  /** Who is signed in. */
  readonly user: DjangoUser | undefined;
  /** How much is in the cart. */
  readonly cartCount: number;
  /** Going through them marks them as shown. */
  readonly messages: TemplateMessages;
  /** The hidden field that every form needs. A page that doesn't take it sends no cookie for it. */
  readonly csrfField: Html;
}

/** What a page puts into the frame. */
export interface Content {
  readonly title: string;
  readonly main: Html;
}

/** Answers with a page. The template runs later, when the context processors have added their share. */
export function page(template: (data: PageData) => Content, init?: ResponseInit): Response {
  return new TemplateResponse<PageData>((data) => frame(data, template(data)), {}, init);
}

/** A price, as Django's model writes it. */
export function euros(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}

function frame(data: PageData, { title, main }: Content): Html {
  const { user, cartCount, messages } = data;
  const account = user === undefined ? html`<a href="/accounts/login/">Sign in</a>` : html`
    <a href="/account/">${user.firstName}</a>
    <form action="/accounts/logout/" method="post">${data.csrfField}<button class="link">Sign out</button></form>
  `;
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title} · Observatoire des Nuages</title>
        <link rel="icon" href="/static/cloud.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/static/observatory.css">
      </head>
      <body>
        <a class="skip" href="#main">Skip to the page</a>
        <header>
          <div class="top">
            <a class="name" href="/"
              lang="fr"><img src="/static/cloud.svg" alt="" width="36" height="36">Observatoire des Nuages</a>
            <nav aria-label="Yours">
              <a href="/cart/">Cart <b>${cartCount}</b></a>
              ${account}
            </nav>
          </div>
        </header>
        <main id="main">
          ${messages.map(({ tags, html: text }) => html`<p class="notice ${tags}" role="status">${text}</p>`)} ${main}
        </main>
        <footer>
          <p>A shop in the middle of a move. Nothing in it is for sale.</p>
          <p class="side">This page comes from <b>Nuages</b>.</p>
        </footer>
      </body>
    </html>
  `;
}
