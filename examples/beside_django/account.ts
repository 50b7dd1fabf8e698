/** Signing in and out, and the page of those who are signed in: with Django's users, groups and permissions. */

import {
  type DjangoUser,
  type DjangoUserSource,
  type Handler,
  type HasSignedInUser,
  html,
  loginRequired,
  nextPath,
  redirect,
} from "@nuages/web";
import { FOUND } from "./cart.ts";
import type { ShopContext } from "./context.ts";
import { page } from "./page.ts";

/** `GET /account/` */
export function account(users: DjangoUserSource): Handler<ShopContext> {
  return loginRequired(async (_request: Request, context: ShopContext & HasSignedInUser<DjangoUser>) => {
    const { signedInUser: user } = context;
    const groups = await users.groups(user);
    const mayChange = await context.hasPermissions("shop.change_instrument");
    const main = html`
      <h1>Your account</h1>
      <dl class="facts">
        <dt>Name</dt>
        <dd>${user.firstName}</dd>
        <dt>You sign in as</dt>
        <dd>${user.name}</dd>
        <dt>Address</dt>
        <dd>${user.email}</dd>
        <dt>Groups</dt>
        <dd>${groups.join(", ") || "none"}</dd>
        <dt>May change instruments</dt>
        <dd>${mayChange ? "yes" : "no"}</dd>
      </dl>
      <p class="after"><a class="quiet" href="/accounts/password/">Change your password</a></p>
    `;
    return page(() => ({ title: "Your account", main }));
  });
}

/** `GET /accounts/login/` */
export async function signInPage(request: Request, context: ShopContext): Promise<Response> {
  return form(await nextPath(request, context, { fallback: "" }), false);
}

/** `POST /accounts/login/` */
export async function signIn(request: Request, context: ShopContext): Promise<Response> {
  const fields = await context.form();
  const next = await nextPath(request, context, { fallback: "" });
  const user = await context.authenticate({ name: fields.get("username"), password: fields.get("password") });
  if (user === undefined) return form(next, true);
  await context.login(user);
  context.messages.success(`Good to see you, ${user.firstName || user.name}.`);
  return kept(redirect(next || "/", FOUND));
}

/** `POST /accounts/logout/` */
export async function signOut(request: Request, context: ShopContext): Promise<Response> {
  const next = await nextPath(request, context);
  await context.logout();
  context.messages.info("You are signed out.");
  return kept(redirect(next, FOUND));
}

function form(next: string, isWrong: boolean): Response {
  const response = page(({ csrfField }) => ({
    title: "Sign in",
    main: html`
      <div class="narrow">
        <h1>Sign in</h1>
        ${isWrong && html`<p class="notice error" role="alert">That name and that password don’t belong together.</p>`}
        <form class="fields" action="/accounts/login/" method="post">
          ${csrfField}
          <input type="hidden" name="next" value="${next}">
          <p><label for="id_username">Name</label><input id="id_username" name="username" autocomplete="username" autocapitalize="none" maxlength="150" required></p>
          <p><label for="id_password">Password</label><input id="id_password" name="password" type="password" autocomplete="current-password" required></p>
          <p><button class="loud">Sign in</button></p>
        </form>
      </div>
    `,
  }));
  return kept(response);
}

/** As Django's `never_cache`, which its views for signing in and out have. */
function kept(response: Response): Response {
  response.headers.set("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private");
  response.headers.set("Expires", new Date().toUTCString());
  return response;
}
