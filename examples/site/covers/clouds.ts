import { html } from "@nuages/web";
import type { Cover } from "./cover.ts";

export const CLOUDS: Readonly<Record<string, Cover>> = {
  // Socrates in his basket, above the chorus.
  "the-clouds": {
    paper: "#5fa3d6",
    ink: "#ffffff",
    lines: ["The", "Clouds"],
    size: 32,
    drawing: html`
      <g stroke="#17345c" stroke-width="1.2" fill="none">
        <path d="M150 0V150M138 168 150 150 162 168" />
      </g>
      <path d="M136 167h28l-4 17h-20z" fill="#17345c" />
      <circle cx="150" cy="160" r="6" fill="#17345c" />
      ${row(205, 26, -6, "#a8d0ee")}
      ${row(236, 30, -22, "#d3e7f6")}
      ${row(272, 34, -4, "#ffffff")}
    `,
  },
  // Howard's three kinds: curls on top, heaps in the middle, a sheet below.
  "on-the-modifications-of-clouds": {
    paper: "#f1e7d0",
    ink: "#24385c",
    lines: [
      "On the Modifications",
      "of Clouds, and on the",
      "Principles of Their",
      "Production, Suspension,",
      "and Destruction",
    ],
    size: 15,
    drawing: html`
      <g fill="none" stroke="#24385c" stroke-width="1.4" stroke-linecap="round">
        <path d="M18 162c40-20 74-22 92-8 8 8-4 16-10 8" />
        <path d="M56 174c38-18 78-18 100-6 10 7-2 17-9 9" />
        <path d="M104 152c26-8 54-8 76 4" />
      </g>
      <g fill="#24385c">
        <path d="M132 232a10 10 0 0 1 4-19 16 16 0 0 1 30-2 11 11 0 0 1 4 21z" opacity=".55" />
        <path d="M40 232a15 15 0 0 1 4-29 24 24 0 0 1 44-8 19 19 0 0 1 31 10 14 14 0 0 1 1 27z" />
      </g>
      <g stroke="#24385c" stroke-width="3" stroke-linecap="round">
        <path d="M16 252h120M150 252h34M16 262h54M84 262h100M16 272h150M16 282h80M110 282h74" opacity=".75" />
      </g>
    `,
  },
};

/** A row of round heads with everything below them filled. */
function row(y: number, radius: number, from: number, fill: string): unknown {
  const heads = Array.from({ length: 7 }, (_, index) => ({
    x: from + index * radius * 1.35,
    r: radius * (index % 2 === 0 ? 1 : 0.72),
  }));
  return html`
    <g fill="${fill}">
      ${heads.map(({ x, r }) => html`<circle cx="${x}" cy="${y}" r="${r}" />`)}
      <rect y="${y}" width="200" height="${300 - y}" />
    </g>
  `;
}
