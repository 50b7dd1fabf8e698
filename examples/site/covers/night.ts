import { type Html, html } from "@nuages/web";
import type { Cover } from "./cover.ts";

export const NIGHT: Readonly<Record<string, Cover>> = {
  // The canal, and a sun that will not set.
  "white-nights": {
    paper: "#f3c9c0",
    ink: "#5a2447",
    lines: ["White", "Nights"],
    size: 34,
    drawing: html`
      <circle cx="100" cy="196" r="58" fill="#fff3d6" />
      <path d="M0 196v-40h20v-12h12v12h22v40zM146 196v-50l8-16 8 16v10h38v40z" fill="#b0648a" />
      <path d="M0 196h200v-16c-60-22-140-22-200 0z" fill="#5a2447" />
      <path d="M22 196c4-14 26-14 30 0zM74 196c4-18 48-18 52 0zM148 196c4-14 26-14 30 0z" fill="#fff3d6" />
      <rect y="196" width="200" height="104" fill="#d98ea2" />
      <g fill="#fff3d6">
        <rect x="46" y="206" width="108" height="6" rx="3" />
        <rect x="56" y="221" width="92" height="6" rx="3" />
        <rect x="66" y="236" width="64" height="6" rx="3" />
        <rect x="78" y="251" width="52" height="6" rx="3" />
        <rect x="88" y="266" width="26" height="6" rx="3" />
        <rect x="96" y="281" width="12" height="6" rx="3" />
      </g>
    `,
  },
  // They missed.
  "around-the-moon": {
    paper: "#191b45",
    ink: "#f6efd7",
    lines: ["Around", "the Moon"],
    size: 32,
    drawing: html`
      ${stars()}
      <circle cx="104" cy="206" r="66" fill="#f0e4bd" />
      <g fill="#d6c693">
        <circle cx="84" cy="186" r="14" />
        <circle cx="128" cy="226" r="19" />
        <circle cx="124" cy="176" r="7" />
        <circle cx="82" cy="236" r="9" />
        <circle cx="104" cy="208" r="5" />
      </g>
      <path d="M12 244c-16-34 76-92 176-82" fill="none" stroke="#ff8a5c" stroke-width="2" stroke-dasharray="5 5" />
      <g transform="rotate(8 186 162)">
        <path d="M172 154h12c7 0 12 4 14 8-2 4-7 8-14 8h-12z" fill="#ff8a5c" />
        <circle cx="184" cy="162" r="2.6" fill="#191b45" />
      </g>
    `,
  },
};

function stars(): Html {
  const places = [[24, 110], [62, 122], [150, 112], [180, 128], [112, 116], [22, 172], [18, 280], [182, 246], [
    172,
    284,
  ], [40, 140]];
  return html`<g fill="#ffffff">${places.map(([x, y]) => html`<circle cx="${x}" cy="${y}" r="1.4" />`)}</g>`;
}
