/** The fields of forms, with what is wrong about them said where it is: in the label's company, for eyes and for screen readers. */

import { type Html, html } from "@nuages/web";

/** A field of one line. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "password";
  readonly value?: string;
  /** What a browser may fill in. */
  readonly autocomplete?: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  /** The id of a text elsewhere that says what is wrong, with this field among others. */
  readonly problemId?: string | undefined;
  /** Whether the cursor begins here. */
  readonly focus?: boolean;
}

/** A field of one line, with its label, hint and problem. */
export function field({ type = "text", value = "", autocomplete, ...field }: Field): Html {
  return labelled(
    field,
    html`
      <input id="${field.name}" name="${field.name}" type="${type}" value="${value}" autocomplete="${autocomplete}"
        autocapitalize="none" spellcheck="false" required ${attributes(field)}>
    `,
  );
}

/** What every kind of field has around it. */
export function labelled({ name, label, hint, problem }: Field, control: Html): Html {
  return html`
    <div class="field">
      <label for="${name}">${label}</label>
      ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
      ${control}
      ${problem !== undefined && html`<p class="problem" id="${name}-problem">${problem}</p>`}
    </div>
  `;
}

/** What ties a field to its hint and its problem. */
export function attributes({ name, hint, problem, problemId, focus = false }: Field): Html {
  const ownId = problem === undefined ? undefined : `${name}-problem`;
  const ids = [hint === undefined ? undefined : `${name}-hint`, ownId, problemId].filter((id) => id !== undefined);
  const isWrong = ownId !== undefined || problemId !== undefined;
  return html`
    ${ids.length > 0 && html`aria-describedby="${ids.join(" ")}"`}
    ${isWrong && html`aria-invalid="true"`} ${focus && html`autofocus`}
  `;
}
