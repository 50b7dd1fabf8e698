import { html } from "@nuages/web";
import type { Cover } from "./cover.ts";

export const FOG: Readonly<Record<string, Cover>> = {
  // A London particular, lamps lit two hours before their time.
  "bleak-house": {
    paper: "#d9cfae",
    ink: "#3a3423",
    lines: ["Bleak", "House"],
    size: 34,
    drawing: html`
      <path d="M0 190h26v-14h14v14h20v-34l16-12 16 12v34h22v-20h30v20h20v-30h20v30h16v110H0z" fill="#c3b78f" />
      <path d="M0 220h18v-22l20-14 20 14v22h34v-34h8v-12h10v12h8v34h26v-16l18-12 18 12v16h20v80H0z" fill="#a1946a" />
      <path d="M0 252h34v-26h10v-12h8v12h22v26h40v-30l22-16 22 16v30h42v48H0z" fill="#6f6445" />
      <path d="M0 278h200v22H0z" fill="#3a3423" />
      <g fill="none" stroke="#3a3423" stroke-width="2.5">
        <path d="M46 284v-58M160 284v-66" />
      </g>
      <g fill="#ffe9a3">
        <circle cx="46" cy="220" r="20" opacity=".3" />
        <circle cx="46" cy="220" r="11" opacity=".5" />
        <circle cx="46" cy="220" r="5" />
        <circle cx="160" cy="212" r="22" opacity=".3" />
        <circle cx="160" cy="212" r="12" opacity=".5" />
        <circle cx="160" cy="212" r="5" />
      </g>
    `,
  },
  // A schooner, or nothing.
  "the-sea-wolf": {
    paper: "#9db4ba",
    ink: "#14262c",
    lines: ["The", "Sea-Wolf"],
    size: 32,
    drawing: html`
      <g fill="#3f5a63">
        <path d="M104 236V120l-46 96h44zM110 236V112l38 92-4 22h-32zM152 226l18-12-16-62z" />
        <path d="M48 240h124c-4 14-12 20-22 22H74c-12-2-22-9-26-22z" />
      </g>
      <g fill="#9db4ba">
        <rect y="132" width="200" height="9" opacity=".75" />
        <rect y="152" width="200" height="13" opacity=".8" />
        <rect y="178" width="200" height="8" opacity=".7" />
        <rect y="196" width="200" height="18" opacity=".82" />
        <rect y="224" width="200" height="10" opacity=".7" />
        <rect y="244" width="200" height="56" opacity=".85" />
      </g>
      <g fill="#dfe9eb">
        <rect x="-8" y="140" width="120" height="7" rx="3.5" />
        <rect x="96" y="168" width="120" height="7" rx="3.5" />
        <rect x="-8" y="188" width="84" height="7" rx="3.5" />
        <rect x="60" y="214" width="150" height="7" rx="3.5" />
        <rect x="-8" y="236" width="150" height="7" rx="3.5" />
        <rect x="30" y="258" width="180" height="7" rx="3.5" />
        <rect x="-8" y="278" width="130" height="7" rx="3.5" />
      </g>
    `,
  },
};
