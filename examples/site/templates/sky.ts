/** The sky over every page: a sun or a moon, depending on the theme, and clouds that the page grows out of. */

import { type Html, html } from "@nuages/web";

/** Heads of clouds: where their middle is, and how large they are. */
type Heads = readonly (readonly [x: number, y: number, radius: number])[];

const FAR: Heads = [
  [60, 150, 60],
  [150, 130, 74],
  [240, 156, 56],
  [520, 170, 54],
  [610, 148, 70],
  [700, 172, 50],
  [1010, 160, 56],
  [1100, 128, 80],
  [1200, 150, 62],
  [1400, 170, 60],
];

const MIDDLE: Heads = [
  [-10, 190, 56],
  [330, 186, 60],
  [420, 170, 66],
  [505, 196, 46],
  [800, 180, 64],
  [890, 166, 70],
  [980, 194, 50],
  [1290, 182, 60],
  [1380, 164, 74],
  [1470, 190, 60],
];

const NEAR: Heads = [
  [20, 226, 44],
  [100, 212, 56],
  [190, 226, 50],
  [270, 236, 36],
  [560, 232, 42],
  [640, 214, 58],
  [730, 226, 48],
  [810, 238, 32],
  [1060, 234, 40],
  [1140, 218, 54],
  [1230, 230, 44],
  [1420, 232, 46],
];

/** The drawing; it is decoration only. */
export function sky(): Html {
  return html`
    <div class="sky-drawing" aria-hidden="true">
      <svg class="light" viewBox="0 0 200 200" focusable="false">
        <circle class="halo" cx="100" cy="100" r="92" />
        <circle class="disc" cx="100" cy="100" r="54" />
        <path class="shade" d="M100 46a54 54 0 0 1 0 108 66 66 0 0 0 0-108z" />
      </svg>
      <svg class="clouds" viewBox="-720 0 2880 240" preserveAspectRatio="xMidYMax slice" focusable="false">
        ${layer("far", FAR, 176)} ${layer("middle", MIDDLE, 204)} ${layer("near", NEAR, 232)}
      </svg>
    </div>
  `;
}

/** Twice as wide as it was drawn, so that a wide window has more clouds and not larger ones. */
function layer(name: string, heads: Heads, floor: number): Html {
  return html`
    <g class="${name}">
      <g id="${name}-heads">${heads.map(([x, y, radius]) => html`<circle cx="${x}" cy="${y}" r="${radius}" />`)}</g>
      <use href="#${name}-heads" x="-1440" />
      <use href="#${name}-heads" x="1440" />
      <rect x="-920" y="${floor}" width="3280" height="120" />
    </g>
  `;
}
