/** The titles on the covers of the German editions, broken by hand as those beside the drawings are. */

import type { Cover } from "./cover.ts";

export const GERMAN_TITLES: Readonly<Record<string, Pick<Cover, "lines" | "size">>> = {
  "the-clouds": { lines: ["Die", "Wolken"], size: 32 },
  "wuthering-heights": { lines: ["Sturm-", "höhe"], size: 32 },
  "the-tempest": { lines: ["Der", "Sturm"], size: 32 },
  "the-snow-queen": { lines: ["Die Schnee-", "königin"], size: 28 },
  "bleak-house": { lines: ["Bleakhaus"], size: 32 },
  "white-nights": { lines: ["Weiße", "Nächte"], size: 34 },
  "on-the-modifications-of-clouds": {
    lines: ["Über die", "Modificationen der", "Wolken, ihre Hervor-", "bringung, Schwebung", "und Auflösung"],
    size: 15,
  },
  "five-weeks-in-a-balloon": { lines: ["Fünf Wochen", "im Ballon"], size: 27 },
  "typhoon": { lines: ["Taifun"], size: 34 },
  "farthest-north": { lines: ["In Nacht", "und Eis"], size: 32 },
  "the-sea-wolf": { lines: ["Der", "Seewolf"], size: 32 },
  "around-the-moon": { lines: ["Reise um", "den Mond"], size: 32 },
};
