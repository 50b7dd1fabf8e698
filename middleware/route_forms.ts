/**
 * What a pattern of whole segments matches.
 *
 * @module
 */

/**
 * One form of a pattern: what it comes to when each segment that may be left out is there, or isn't. `/books/:id/:page?` has two, `/books/:id/:page` and
 * `/books/:id`.
 */
export interface RouteForm {
  /** The parts that have a name, in the pattern's order. */
  readonly parts: readonly RoutePart[];
  /** The text behind them. */
  readonly end: string;
}

/** A part of a path that has a name: a segment, all the rest, or one that this form leaves out. */
export interface RoutePart {
  /** Which of these it is. */
  readonly kind: "segment" | "rest" | "absent";
  /** Its name. */
  readonly name: string;
  /** The text between the part before and this one; "" for one that is left out. */
  readonly before: string;
}

/**
 * Reads a pattern whose segments are texts, names (`:id`), names that may be left out (`:id?`), or a `*` at the end.
 *
 * @param pathname The pattern, as `URLPattern.pathname` has it.
 * @returns Its forms, in the order in which URLPattern tries them; none if it has anything else.
 * @internal
 */
export function formsOf(pathname: string): RouteForm[] {
  if (!pathname.startsWith("/")) return [];
  const segments = pathname.slice(1).split("/");
  // What is last of a form is found first, so that the forms of what comes behind a segment are there.
  let forms: RouteForm[] = [{ parts: [], end: "" }];
  for (const [index, segment] of segments.reverse().entries()) {
    const [, name, optional] = NAME_REGEXP.exec(segment) ?? [];
    if (name !== undefined) {
      const present = forms.map((form) => withPart({ kind: "segment", name, before: "/" }, form));
      const absent = optional && forms.map((form) => withPart({ kind: "absent", name, before: "" }, form));
      forms = [...present, ...absent || []];
    } else if (segment === "*" && index === 0) {
      // A part without a name is called by its number among those.
      forms = forms.map((form) => withPart({ kind: "rest", name: "0", before: "/" }, form));
    } else if (!SPECIAL_REGEXP.test(segment)) {
      forms = forms.map((form) => withText(`/${segment}`, form));
    } else return [];
    if (forms.length > MOST_FORMS) return [];
  }
  return forms;
}

const NAME_REGEXP = /^:([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)(\?)?$/u;
const SPECIAL_REGEXP = /[:*{}()?+\\]/;
const MOST_FORMS = 8;

function withPart(part: RoutePart, { parts, end }: RouteForm): RouteForm {
  return { parts: [part, ...parts], end };
}

/** Puts a text in front of a form: before its first part that is there. */
function withText(text: string, { parts, end }: RouteForm): RouteForm {
  const first = parts.findIndex(({ kind }) => kind !== "absent");
  if (first === -1) return { parts, end: text + end };
  return { parts: parts.map((part, index) => index === first ? { ...part, before: text + part.before } : part), end };
}
