/** Signing in and out. */

import { type Html, html, HttpError, nextPath, redirect, type User } from "@nuages/web";
import type { ShopContext } from "../context.ts";
import { languageOf } from "../languages.ts";
import { field } from "../templates/fields.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { textsIn } from "../texts/texts.ts";

/** `GET /sign-in/` */
export async function signInForm(request: Request, context: ShopContext): Promise<Response> {
  const next = await nextPath(request, context);
  if (await context.user() !== undefined) return redirect(next);
  return page(template, { next, name: "" });
}

/** `POST /sign-in/` */
export async function signIn(request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const next = await nextPath(request, context);
  const { problems, signIn } = textsIn(languageOf(context)).account;
  const again = { next, name: textOf(form.get("name")) };
  let user: User | undefined;
  try {
    user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
  } catch (error) {
    // Too many attempts. The library says so on a page of its own; a form is of more use here.
    if (!(error instanceof HttpError) || error.status !== 429) throw error;
    const minutes = Math.ceil(Number(error.headers.get("Retry-After")) / 60);
    return page(template, { ...again, problem: problems.tooOften(minutes) }, { status: 429, headers: error.headers });
  }
  // The same words for a name that nobody has, and it takes as long: nobody learns here who has an account.
  if (user === undefined) return page(template, { ...again, problem: problems.wrong }, { status: 422 });
  await context.login(user);
  context.messages.success(signIn.welcome(user.name));
  return redirect(next);
}

/** `POST /sign-out/` */
export async function signOut(_request: Request, context: ShopContext): Promise<Response> {
  await context.logout();
  context.messages.success(textsIn(languageOf(context)).account.signOut.done);
  return redirect("/");
}

/** A field of a form as a text; a file is none. */
export function textOf(value: FormDataEntryValue | null): string {
  return typeof value === "string" ? value : "";
}

/** Another page of the two, which comes back to the same place. */
export function withNext(path: string, next: string): string {
  return next === "/" ? path : `${path}?${new URLSearchParams({ next })}`;
}

interface SignInData {
  readonly next: string;
  readonly name: string;
  readonly problem?: string;
}

function template(data: SignInData & PageData): Html {
  const { next, name, problem, csrfField, texts: { account } } = data;
  const { title, button, isNew, toSignUp } = account.signIn;
  // It is the two together that are wrong.
  const problemId = problem === undefined ? undefined : "problem";
  const main = html`
    <div class="desk">
      <h1>${title}</h1>
      ${problem !== undefined && html`<p class="notice error" role="alert" id="problem">${problem}</p>`}
      <form action="/sign-in/" method="post" novalidate>
        ${csrfField}
        <input type="hidden" name="next" value="${next}">
        ${field({
          name: "name",
          label: account.fields.name,
          value: name,
          autocomplete: "username",
          problemId,
          focus: name === "",
        })}
        ${field({
          name: "password",
          label: account.fields.password,
          type: "password",
          autocomplete: "current-password",
          problemId,
          focus: name !== "",
        })}
        <button class="loud">${button}</button>
      </form>
      <p>${isNew} <a href="${withNext("/sign-up/", next)}">${toSignUp}</a></p>
    </div>
  `;
  return layout(data, { title: problem === undefined ? title : `${account.problems.title}: ${title}`, main });
}
