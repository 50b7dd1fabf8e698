import { type Html, html } from "@nuages/web";
import type { Cover } from "./cover.ts";

export const STORM: Readonly<Record<string, Cover>> = {
  // Act one, scene one.
  "the-tempest": {
    paper: "#12304f",
    ink: "#ffffff",
    lines: ["The", "Tempest"],
    size: 32,
    drawing: html`
      <path d="M184 0 148 96h24l-26 84 58-104h-28l22-76z" fill="#ffd23f" />
      <g transform="rotate(-14 74 200)" stroke="#e8eef5" stroke-width="3" fill="none">
        <path d="M74 236v-78M52 172h44" />
      </g>
      <path d="M56 176c14-4 28-2 36 0l-5 26c-9 4-19 4-28-2z" fill="#e8eef5" transform="rotate(-14 74 200)" />
      ${[216, 240, 264, 288, 312].map((y, index) => waves(y, index % 2 === 0 ? 0 : -25))}
    `,
  },
  // Straight through the middle of it.
  typhoon: {
    paper: "#dfe6d5",
    ink: "#123c3a",
    lines: ["Typhoon"],
    size: 34,
    drawing: html`
      <g fill="none" stroke="#1d6a66">
        ${[27, 44, 63, 84, 107].map((radius, index) => {
          return html`
            <circle cx="118" cy="212" r="${radius}" stroke-width="${5 + index * 2}"
              stroke-dasharray="${radius * 4.1} ${radius * 0.9} ${radius} ${radius * 0.28}" transform="rotate(${index *
                47} 118 212)" />
          `;
        })}
      </g>
      <circle cx="118" cy="212" r="21" fill="#dfe6d5" />
      <path d="M103 214h30l-5 9h-21zM111 214v-6h8v-7h5v13z" fill="#c23a22" />
    `,
  },
};

/** A row of waves, each a fan of arcs. */
function waves(y: number, from: number): Html {
  const rings = [["#0b2340", 25], ["#2f6f9f", 22], ["#0b2340", 18], ["#5fa3c9", 14], ["#0b2340", 9], [
    "#cfe6f2",
    5,
  ]] as const;
  return html`${
    [0, 50, 100, 150, 200].map((x) => {
      return rings.map(([fill, r]) => html`<circle cx="${from + x}" cy="${y}" r="${r}" fill="${fill}" />`);
    })
  }`;
}
