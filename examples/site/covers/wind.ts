import { html } from "@nuages/web";
import type { Cover } from "./cover.ts";

export const WIND: Readonly<Record<string, Cover>> = {
  // One thorn tree, stretching its limbs one way.
  "wuthering-heights": {
    paper: "#c9b8d6",
    ink: "#2b1c3d",
    lines: ["Wuthering", "Heights"],
    size: 31,
    drawing: html`
      <g fill="none" stroke="#ffffff" stroke-linecap="round" stroke-width="2.2" opacity=".85">
        <path d="M-4 140c60-18 110 10 150-6 18-8 12-26-2-22-9 3-8 14 1 14" />
        <path d="M-4 156c70-14 120 8 210-10" />
        <path d="M30 176c50-8 90 6 126-2 16-4 26 8 16 15-8 5-15-3-9-8" />
        <path d="M-4 192c40-4 70 4 100 0" />
      </g>
      <path d="M0 238c40-26 92-30 130-16 28 9 48 12 70 6v72H0z" fill="#6d4f8a" />
      <path d="M0 262c50-22 110-16 200 6v32H0z" fill="#3d2a57" />
      <g fill="none" stroke="#2b1c3d" stroke-linecap="round">
        <path d="M64 246c-2-20 4-32 16-40" stroke-width="4.5" />
        <path
          d="M69 222c14-2 24-10 40-10M80 206c14-8 30-8 52-14M74 212c2-12 16-20 40-24M90 201c16-2 26 2 42 0M96 212c12 4 22 2 34 4"
          stroke-width="2.2" />
      </g>
    `,
  },
  // It finds a wind going the right way.
  "five-weeks-in-a-balloon": {
    paper: "#f4c24f",
    ink: "#4a1f12",
    lines: ["Five Weeks", "in a Balloon"],
    size: 27,
    drawing: html`
      <g fill="none" stroke="#fff4d2" stroke-width="3" stroke-linecap="round">
        <path d="M-6 126h72M96 118h60M140 232h70M-6 246h54M10 196h34M158 176h48" />
      </g>
      <path d="M110 110c40 0 62 30 62 60 0 34-30 52-46 76H94c-16-24-46-42-46-76 0-30 22-60 62-60z" fill="#d8432c" />
      <path d="M110 110c14 0 24 28 24 60 0 34-10 52-14 76h-20c-4-24-14-42-14-76 0-32 10-60 24-60z" fill="#fff4d2" />
      <path d="M110 110c4 0 7 28 7 60 0 34-3 52-4 76h-6c-1-24-4-42-4-76 0-32 3-60 7-60z" fill="#d8432c" />
      <g stroke="#4a1f12" stroke-width="1.2">
        <path d="M95 246l6 20M125 246l-6 20M110 246v20" />
      </g>
      <rect x="98" y="266" width="24" height="14" rx="2" fill="#4a1f12" />
    `,
  },
};
