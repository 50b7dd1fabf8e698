/** The front page: all shelves, one of them, or what a search finds. */

import { type Html, html } from "@nuages/web";
import { type Book, findBooks, isWeather, searchBooks, type Weather, WEATHERS } from "../catalogue.ts";
import type { ShopContext } from "../context.ts";
import { languageOf } from "../languages.ts";
import { row, shelf } from "../templates/books.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";

/** `GET /`, with `?weather=` and `?words=` */
export async function home(_request: Request, context: ShopContext): Promise<Response> {
  const { searchParams } = context.url;
  const weather = searchParams.get("weather") ?? "";
  const words = (searchParams.get("words") ?? "").trim();
  const session = await context.session();
  const language = languageOf(context);
  return page(template, {
    weather: isWeather(weather) ? weather : "",
    words,
    books: searchBooks(weather, words, language),
    recent: findBooks(session.get("recent", []), language),
  });
}

interface HomeData {
  /** The shelf; "" for all. */
  readonly weather: Weather | "";
  readonly words: string;
  readonly books: readonly Book[];
  readonly recent: readonly Book[];
}

function template(data: HomeData & PageData): Html {
  const { weather, words, books, texts: { shop } } = data;
  const main = html`
    ${words === "" ? shelves(data) : found(data)}
    ${shelf(books, data)}
    ${data.recent.length > 0 && recentlyViewed(data)}
  `;
  if (words !== "") return layout(data, { title: shop.home.searchTitle(words), main });
  if (weather !== "") return layout(data, { title: shop.weathers[weather], main });
  return layout(data, { title: shop.home.title, headline: headline(data), main });
}

function headline({ texts: { shop } }: PageData): Html {
  return html`
    <div class="headline">
      <h1>${shop.home.title}</h1>
      <p>${shop.home.intro}</p>
    </div>
  `;
}

function shelves({ weather, texts: { shop } }: HomeData & PageData): Html {
  const link = (value: string, href: string, label: string) =>
    html`<li><a href="${href}" ${value === weather && html`aria-current="page"`}>${label}</a></li>`;
  return html`
    ${weather !== "" && html`<h1>${shop.weathers[weather]}</h1>`}
    <nav class="shelves" aria-label="${shop.home.shelves}">
      <ul>
        ${link("", "/", shop.home.all)} ${WEATHERS.map((name) => link(name, `/?weather=${name}`, shop.weathers[name]))}
      </ul>
    </nav>
  `;
}

function found({ words, books, texts: { shop } }: HomeData & PageData): Html {
  return html`
    <div class="found">
      <h1>${shop.home.found(books.length, words)}</h1>
      <p><a href="/">${shop.home.backToShelves}</a></p>
    </div>
  `;
}

function recentlyViewed({ recent, csrfField, texts: { shop } }: HomeData & PageData): Html {
  return html`
    <section class="recent">
      <h2>${shop.home.recent}</h2>
      ${row(recent)}
      <form action="/recent/forget/" method="post">
        ${csrfField}<button class="link">${shop.home.forget}</button>
      </form>
    </section>
  `;
}
