/** How views answer with a page: checked by the compiler, completed by the context processors. */

import { type Html, type TemplateMessages, TemplateResponse, type User } from "@nuages/web";
import type { Language, Texts } from "../texts/texts.ts";
import type { Theme } from "../theme.ts";

/** What the context processors of `app.ts` and its layers give to every page. */
export interface PageData {
  readonly theme: Theme;
  readonly language: Language;
  /** What the shop says in it. */
  readonly texts: Texts;
  /** The address of this page within the site, for forms that come back to it. */
  readonly here: string;
  /** How many books are in the cart. */
  readonly cartCount: number;
  /** The wishlist, by slug. */
  readonly wishes: readonly string[];
  /** Who is signed in. */
  readonly user: User | undefined;
  /** Going through them marks them as shown. */
  readonly messages: TemplateMessages;
  /** The hidden field that every form needs. */
  readonly csrfField: Html;
  /** What a script needs to run. A page that has it is for one visitor, once. */
  readonly cspNonce: string;
}

/** A function of what its view gives and what every page gets. */
export type Template<D extends object> = (data: D & PageData) => Html;

/** Answers with a page. The template runs later, when the context processors have added their share. */
export function page<D extends object>(template: Template<D>, data: NoInfer<D>, init?: ResponseInit): Response {
  return new TemplateResponse<D & PageData>(template, data as Partial<D & PageData>, init);
}
