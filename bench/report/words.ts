/** Figures in words and digits, the same on the terminal and on the page. */

import type { Spread } from "../measure/statistics.ts";
import type { Figure, Goal, Skipped, Table } from "./figure.ts";

/** The table of figures: the ratio first, since it is what can be compared with other machines. */
export function figureTable(figures: readonly (Figure | Skipped)[]): Table {
  return {
    title: "",
    columns: ["ratio", "goal", "", "figure", "beside", "ours", "the other", "unit", "by the clock"],
    rows: figures.map((figure) =>
      "skipped" in figure ? ["not measured", "", "", figure.title, figure.beside, figure.skipped, "", "", ""] : [
        ratio(figure.ratio),
        figure.goal === undefined ? "" : goalText(figure.goal),
        figure.met === undefined ? "" : figure.met ? "met" : "not met",
        figure.title,
        figure.beside,
        amount(figure.ours.median),
        amount(figure.other.median),
        figure.unit,
        figure.clock === undefined ? "" : ratio(figure.clock),
      ]
    ),
  };
}

/** A number with three digits that count. */
export function amount(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", { maximumFractionDigits: Math.min(digits, 3), useGrouping: true });
}

function ratio({ median, low, high }: Spread): string {
  return `${amount(median)} (${amount(low)} – ${amount(high)})`;
}

function goalText({ kind, value }: Goal): string {
  return `${kind === "at least" ? "≥" : "≤"} ${value}`;
}
