/** The covers, drawn here so that the shop needs no pictures from elsewhere. Nothing in this folder is about the library. */

import { type Html, html } from "@nuages/web";
import type { Book } from "../catalogue.ts";
import { CLOUDS } from "./clouds.ts";
import { FOG } from "./fog.ts";
import { GERMAN_TITLES } from "./german_titles.ts";
import { NIGHT } from "./night.ts";
import { SNOW } from "./snow.ts";
import { STORM } from "./storm.ts";
import { WIND } from "./wind.ts";

/** How a cover looks: 200 wide, 300 high. */
export interface Cover {
  readonly paper: string;
  readonly ink: string;
  /** The title, broken by hand. */
  readonly lines: readonly string[];
  /** The height of the title's letters. */
  readonly size: number;
  readonly drawing: Html;
}

const COVERS: Readonly<Record<string, Cover>> = { ...CLOUDS, ...WIND, ...STORM, ...SNOW, ...FOG, ...NIGHT };

/** The cover of a book. The page says title and author as text, so a screen reader has no need of it. */
export function cover(book: Book): Html {
  const { paper, ink, drawing, ...english } = COVERS[book.slug]!;
  const { lines, size } = book.language === "de" ? GERMAN_TITLES[book.slug]! : english;
  const below = 22 + lines.length * size * 1.1;
  return html`
    <svg class="cover" viewBox="0 0 200 300" aria-hidden="true" focusable="false">
      <rect width="200" height="300" fill="${paper}" />
      ${drawing}
      <g fill="${ink}">
        ${lines.map((line, index) => {
          return html`<text class="cover-title" x="16" y="${
            20 + (index + 0.8) * size * 1.1
          }" font-size="${size}">${line}</text>`;
        })}
        <text class="cover-author" x="16" y="${below + 12}" font-size="10">${book.author}</text>
      </g>
    </svg>
  `;
}
