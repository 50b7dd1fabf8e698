/** Light and language, for who comes from a page that is kept for everybody: it has no forms, since a form needs a token, and a token is one visitor's. */

import { type Html, html, nextPath } from "@nuages/web";
import type { ShopContext } from "../context.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { languages, lights } from "../templates/top.ts";

/** `GET /preferences/`, with `?next=` for where to go when something is chosen */
export async function preferences(request: Request, context: ShopContext): Promise<Response> {
  return page(template, { next: await nextPath(request, context) });
}

function template(data: PageData & { readonly next: string }): Html {
  const { next, texts, theme, language, csrfField } = data;
  const { frame } = texts.shop;
  const main = html`
    <h1>${frame.preferences}</h1>
    <section class="preferences" aria-labelledby="light">
      <h2 id="light">${frame.light}</h2>
      ${lights(texts, { here: next, csrfField, theme })}
    </section>
    <section class="preferences" aria-labelledby="language">
      <h2 id="language">${frame.language}</h2>
      ${languages(texts, { here: next, csrfField, language })}
    </section>
  `;
  return layout(data, { title: frame.preferences, main });
}
