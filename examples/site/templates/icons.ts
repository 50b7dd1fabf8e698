/** The few small drawings of the interface. They stand beside a text, or in a button that has a label. */

import { type Html, html } from "@nuages/web";

export const CLOUD: Html = icon(html`<path d="M7 18h10a4.5 4.5 0 0 0 .6-8.96 6 6 0 0 0-11.5 1.02A4 4 0 0 0 7 18z" />`);

export const SUN: Html = icon(html`
  <circle cx="12" cy="12" r="4" />
  <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
`);

export const MOON: Html = icon(html`<path d="M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z" />`);

export const HALF: Html = icon(html`
  <circle cx="12" cy="12" r="8" />
  <path class="filled" d="M12 4a8 8 0 0 1 0 16z" />
`);

export const HEART: Html = icon(html`
  <path d="M12 19.5C5 15 3.5 11.6 3.5 9A4.3 4.3 0 0 1 12 7.6 4.3 4.3 0 0 1 20.5 9c0 2.6-1.5 6-8.5 10.5z" />
`);

export const CART: Html = icon(html`<path d="M5.5 8h13l1 12h-15zM9 10.5V7a3 3 0 0 1 6 0v3.5" />`);

export const PERSON: Html = icon(html`
  <circle cx="12" cy="8.5" r="3.75" />
  <path d="M4.5 20c.6-4.2 3.5-6.25 7.5-6.25s6.9 2.05 7.5 6.25" />
`);

export const SEARCH: Html = icon(html`
  <circle cx="10.5" cy="10.5" r="6" />
  <path d="m15 15 5 5" />
`);

function icon(drawing: Html): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${drawing}</svg>`;
}
