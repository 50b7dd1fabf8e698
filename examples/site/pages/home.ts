/** The front page: all shelves, one of them, or what a search finds. */

import { type Html, html } from "@nuages/web";
import { type Book, findBooks, isWeather, searchBooks, WEATHERS } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { row, shelf } from "../templates/books.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { capital, count } from "../templates/words.ts";

/** `GET /`, with `?weather=` and `?words=` */
export async function home(_request: Request, context: ShopContext): Promise<Response> {
  const { searchParams } = context.url;
  const weather = searchParams.get("weather") ?? "";
  const words = (searchParams.get("words") ?? "").trim();
  const session = await context.session();
  return page(template, {
    weather: isWeather(weather) ? weather : "",
    words,
    books: searchBooks(weather, words),
    recent: findBooks(session.get("recent", [])),
  });
}

interface HomeData {
  /** The shelf; "" for all. */
  readonly weather: string;
  readonly words: string;
  readonly books: readonly Book[];
  readonly recent: readonly Book[];
}

function template(data: HomeData & PageData): Html {
  const { weather, words, books } = data;
  const main = html`
    ${words === "" ? shelves(weather) : found(words, books.length)}
    ${shelf(books, data)}
    ${data.recent.length > 0 && recentlyViewed(data)}
  `;
  if (weather !== "" || words !== "") {
    return layout(data, { title: words === "" ? capital(weather) : `Search for “${words}”`, main });
  }
  return layout(data, { title: "Books with weather in them", headline: HEADLINE, main });
}

const HEADLINE: Html = html`
  <div class="headline">
    <h1>Books with weather in them</h1>
    <p>Twelve of them on six shelves, all old enough to belong to everybody.</p>
  </div>
`;

function shelves(weather: string): Html {
  const link = (value: string, href: string, label: string) =>
    html`<li><a href="${href}" ${value === weather && html`aria-current="page"`}>${label}</a></li>`;
  return html`
    ${weather !== "" && html`<h1>${capital(weather)}</h1>`}
    <nav class="shelves" aria-label="Shelves">
      <ul>
        ${link("", "/", "All")} ${WEATHERS.map((name) => link(name, `/?weather=${name}`, capital(name)))}
      </ul>
    </nav>
  `;
}

function found(words: string, books: number): Html {
  return html`
    <div class="found">
      <h1>${count(books, "book", "books")} for “${words}”</h1>
      <p><a href="/">Back to all shelves</a></p>
    </div>
  `;
}

function recentlyViewed({ recent, csrfField }: HomeData & PageData): Html {
  return html`
    <section class="recent">
      <h2>You have looked at</h2>
      ${row(recent)}
      <form action="/recent/forget/" method="post">${csrfField}<button class="link">Forget these</button></form>
    </section>
  `;
}
