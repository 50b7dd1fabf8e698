/** Making an account. */

import { type Html, html, nextPath, redirect } from "@nuages/web";
import type { ShopContext } from "../context.ts";
import { problemOfName, problemOfPassword, type Problems, SHORTEST_PASSWORD, tidyName } from "../credentials.ts";
import { languageOf } from "../languages.ts";
import { field } from "../templates/fields.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { textsIn } from "../texts/texts.ts";
import { textOf, withNext } from "./sign_in.ts";

/** `GET /sign-up/` */
export async function signUpForm(request: Request, context: ShopContext): Promise<Response> {
  const next = await nextPath(request, context, { fallback: "/account/" });
  if (await context.user() !== undefined) return redirect(next);
  return page(template, { next, name: "", problems: {} });
}

/** `POST /sign-up/` */
export async function signUp(request: Request, context: ShopContext): Promise<Response> {
  const form = await context.form();
  const next = await nextPath(request, context, { fallback: "/account/" });
  const name = tidyName(textOf(form.get("name")));
  const password = textOf(form.get("password"));
  const texts = textsIn(languageOf(context));
  const refuse = (problems: Problems<"name" | "password">) => {
    return page(template, { next, name, problems }, { status: 422 });
  };
  const problems = {
    name: problemOfName(name, texts),
    password: problemOfPassword(password, name, texts),
  };
  if (problems.name !== undefined || problems.password !== undefined) return refuse(problems);
  const { users, passwords } = context.office;
  // That a name is taken can't be kept a secret where names are chosen, and stand beside letters. How often anybody may ask is limited.
  const user = await users.add(name, await passwords.hash(password));
  if (user === undefined) return refuse({ name: texts.account.problems.taken });
  await context.login(user);
  context.messages.success(texts.account.signUp.welcome(user.name));
  return redirect(next);
}

interface SignUpData {
  readonly next: string;
  readonly name: string;
  readonly problems: Problems<"name" | "password">;
}

function template(data: SignUpData & PageData): Html {
  const { next, name, problems, csrfField, texts: { account } } = data;
  const { title, button, isKnown, toSignIn, keeps } = account.signUp;
  const isRefused = Object.values(problems).some((problem) => problem !== undefined);
  const isNameFine = isRefused && problems.name === undefined;
  const main = html`
    <div class="desk">
      <h1>${title}</h1>
      ${data.cartCount > 0 && html`<p>${keeps}</p>`}
      <form action="/sign-up/" method="post" novalidate>
        ${csrfField}
        <input type="hidden" name="next" value="${next}">
        ${field({
          name: "name",
          label: account.fields.name,
          value: name,
          autocomplete: "username",
          hint: account.fields.showsName,
          problem: problems.name,
          focus: !isNameFine,
        })}
        ${field({
          name: "password",
          label: account.fields.password,
          type: "password",
          autocomplete: "new-password",
          hint: account.fields.longPassword(SHORTEST_PASSWORD),
          problem: problems.password,
          focus: isNameFine,
        })}
        <button class="loud">${button}</button>
      </form>
      <p>${isKnown} <a href="${withNext("/sign-in/", next)}">${toSignIn}</a></p>
    </div>
  `;
  return layout(data, { title: isRefused ? `${account.problems.title}: ${title}` : title, main });
}
