/** What stands beside the name of the shop, and the switch for the language. Without a visitor it is what a page for everybody shows. */

import { type Html, html } from "@nuages/web";
import { type Language, LANGUAGES, type Texts } from "../texts/texts.ts";
import type { Theme } from "../theme.ts";
import { CART, HALF, HEART, MOON, PERSON, SEARCH, SUN } from "./icons.ts";
import type { PageData } from "./page.ts";

/** What a form that comes back to its page needs. */
interface SwitchData {
  readonly here: string;
  readonly csrfField: Html;
}

/** Looks for books. */
export function search({ shop: { frame } }: Texts): Html {
  return html`
    <form class="search" action="/" role="search">
      <label class="hidden" for="words">${frame.searchLabel}</label>
      <input id="words" name="words" type="search" placeholder="${frame.searchLabel}">
      <button aria-label="${frame.search}">${SEARCH}</button>
    </form>
  `;
}

/** What belongs to the visitor, with numbers if it is known who that is. */
export function links({ shop: { frame } }: Texts, data?: PageData): Html {
  return html`
    <nav class="top-links" aria-label="${frame.yours}">
      <a href="/wishlist/">
        ${HEART}<span>${frame.wishlist}</span> ${data && html`<b data-wish-count>${data.wishes.length}</b>`}
      </a>
      <a href="/cart/">
        ${CART}<span>${frame.cart}</span> ${data && html`<b>${data.cartCount}</b>`}
      </a>
      ${accountLink(frame, data)}
    </nav>
  `;
}

function accountLink(frame: Texts["shop"]["frame"], data: PageData | undefined): Html {
  if (data === undefined) return html`<a href="/account/">${PERSON}<span>${frame.account}</span></a>`;
  if (data.user !== undefined) {
    return html`<a class="who" href="/account/" title="${frame.account}">${PERSON}<span>${data.user.name}</span></a>`;
  }
  return html`<a href="${signInPath(data.here)}">${PERSON}<span>${frame.signIn}</span></a>`;
}

/** Where one signs in, to come back; whoever is there already comes back to nowhere. */
function signInPath(here: string): string {
  const isThere = here.startsWith("/sign-in/") || here.startsWith("/sign-up/");
  return isThere || here === "/" ? "/sign-in/" : `/sign-in/?${new URLSearchParams({ next: here })}`;
}

/** Day, night, or as the system has it. */
export function lights({ shop: { frame } }: Texts, { here, csrfField, theme }: SwitchData & { theme: Theme }): Html {
  const lamp = (value: Theme, label: string, icon: Html) =>
    html`
      <button name="theme" value="${value}" aria-pressed="${String(theme === value)}"
        aria-label="${label}" title="${label}">${icon}</button>
    `;
  return html`
    <form class="lights" action="/theme/" method="post" aria-label="${frame.light}">
      ${csrfField}
      <input type="hidden" name="next" value="${here}">
      ${lamp("light", frame.day, SUN)} ${lamp("dark", frame.night, MOON)} ${lamp("auto", frame.auto, HALF)}
    </form>
  `;
}

/** Instead of the two switches, where there can be no form: the way to them, and back. */
export function preferencesLink({ shop: { frame } }: Texts, here: string): Html {
  const label = frame.preferences;
  return html`
    <a class="lights" href="/preferences/?${new URLSearchParams({
      next: here,
    })}" aria-label="${label}" title="${label}">${HALF}</a>
  `;
}

/** The languages, each in its own words. */
export function languages(
  { shop: { frame } }: Texts,
  { here, csrfField, language }: SwitchData & { language: Language },
): Html {
  return html`
    <form class="languages" action="/language/" method="post" aria-label="${frame.language}">
      ${csrfField}
      <input type="hidden" name="next" value="${here}">
      ${LANGUAGES.map((each) => {
        return html`
          <button name="language" value="${each}" lang="${each}" aria-pressed="${String(each === language)}">${NAMES[
            each
          ]}</button>
        `;
      })}
    </form>
  `;
}

const NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };
