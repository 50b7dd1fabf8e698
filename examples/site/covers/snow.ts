import { type Html, html } from "@nuages/web";
import type { Cover } from "./cover.ts";

export const SNOW: Readonly<Record<string, Cover>> = {
  // The larger the flakes grew, the more they looked like something.
  "the-snow-queen": {
    paper: "#dbeaf4",
    ink: "#1b3a63",
    lines: ["The Snow", "Queen"],
    size: 31,
    drawing: html`
      <g fill="none" stroke="#2d6aa8" stroke-width="3" stroke-linecap="round">
        ${[0, 60, 120, 180, 240, 300].map((turn) => {
          return html`
            <path d="M122 206v-96M122 182l-14-10M122 182l14-10M122 158l-20-14M122 158l20-14M122 136l-13-10M122 136l13-10"
              transform="rotate(${turn} 122 206)" />
          `;
        })}
      </g>
      <path d="M122 190l14 8v16l-14 8-14-8v-16z" fill="#dbeaf4" stroke="#2d6aa8" stroke-width="3" />
      <circle cx="122" cy="206" r="3.5" fill="#c8324a" />
    `,
  },
  // The Fram, in the ice, on purpose.
  "farthest-north": {
    paper: "#0d2438",
    ink: "#e9f6f1",
    lines: ["Farthest", "North"],
    size: 32,
    drawing: html`
      <g fill="none" stroke-linecap="round" stroke-width="9" transform="translate(0 18)">
        <path d="M-10 150c50-40 80 26 120-6s60-40 100-26" stroke="#3fcf9b" opacity=".8" />
        <path d="M-10 172c60-34 88 22 126-4s56-34 94-22" stroke="#2aa58f" opacity=".6" />
        <path d="M-10 130c46-38 84 18 120-12s58-36 100-30" stroke="#8be3b4" opacity=".45" />
      </g>
      ${stars()}
      <g stroke="#e9f6f1" stroke-width="2" fill="none">
        <path d="M84 238v-52M106 238v-62M128 238v-48M74 200h20M94 192h24M118 202h20" />
      </g>
      <path d="M62 234h90c-2 14-14 22-26 24H86c-12-3-20-11-24-24z" fill="#e9f6f1" />
      <path d="M0 252l40-8 28 10 30-6 34 8 30-10 38 8v46H0z" fill="#bfdbe8" />
      <path d="M0 270l52-8 40 10 50-8 58 8v28H0z" fill="#ffffff" />
    `,
  },
};

function stars(): Html {
  const places = [[176, 20], [186, 72], [158, 48], [176, 176], [30, 200], [164, 208], [12, 182]];
  return html`<g fill="#ffffff">${places.map(([x, y]) => html`<circle cx="${x}" cy="${y}" r="1.3" />`)}</g>`;
}
