/** Signing in and out: a page for everybody, one for those who are signed in, one for the staff, and where one is signed in. */

import {
  type App,
  authentication,
  clearSiteData,
  csrf,
  html,
  htmlResponse,
  loginRequired,
  MemoryStore,
  MemoryUsers,
  nextPath,
  Passwords,
  permissionRequired,
  pipeline,
  redirect,
  routes,
  SessionDirectory,
  sessions,
} from "@nuages/web";

// These keys and users are made anew at each start. A site takes its key from the environment, and its users from a table: see UserSource.
const key = Deno.env.get("SECRET_KEY") ?? crypto.randomUUID() + crypto.randomUUID();
const passwords = new Passwords();
const users = new MemoryUsers([
  {
    user: { id: "1", name: "ada" },
    password: await passwords.hash("difference engine"),
    permissions: ["library.see_stock"],
  },
  { user: { id: "2", name: "bob" }, password: await passwords.hash("laws of thought") },
]);

const store = new MemoryStore();
const directory = new SessionDirectory(store);

export const app: App = pipeline({ keys: [key] })
  .use(sessions({ store }))
  .use(csrf())
  .use(authentication({ users, passwords, loginUrl: "/sign-in/" }))
  .handle(routes({
    "GET /": async (_request, context) => {
      const user = await context.user();
      if (user === undefined) {
        return htmlResponse(html`
          <h1>Welcome</h1>
          <p><a href="/sign-in/">Sign in</a> as ada (difference engine) or bob (laws of thought)</p>
        `);
      }
      return htmlResponse(html`
        <h1>Welcome, ${user.name}</h1>
        <p><a href="/account/">Your account</a> <a href="/stock/">The stock</a></p>
        <form method="post" action="/sign-out/">${context.csrfField()} <button>Sign out</button></form>
      `);
    },
    "GET /sign-in/": async (request, context) =>
      htmlResponse(signInPage(await nextPath(request, context), context.csrfField(), "")),
    "POST /sign-in/": async (request, context) => {
      const form = await context.form();
      const next = await nextPath(request, context);
      const user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
      if (user === undefined) {
        const page = signInPage(next, context.csrfField(), "There is nobody of this name with this password.");
        return htmlResponse(page, { status: 422 });
      }
      await context.login(user);
      return redirect(next);
    },
    "POST /sign-out/": async (_request, context) => {
      await context.logout();
      // Whoever sits there next finds no page by the back button.
      return clearSiteData(redirect("/"));
    },
    "GET /account/": loginRequired(async (_request, context) => {
      const { id, name } = context.signedInUser;
      const list = await directory.listSessions(id, { current: await context.session() });
      return htmlResponse(html`
        <h1>The account of ${name}</h1>
        <ul>${list.map(({ label, current }) =>
          html`<li>${label || "A browser"}${current ? ", this one" : ""}</li>`
        )}</ul>
        <form method="post" action="/account/others/">${context.csrfField()} <button>Sign out elsewhere</button></form>
      `);
    }),
    "POST /account/others/": loginRequired(async (_request, context) => {
      await directory.revokeOthers(context.signedInUser.id, await context.session());
      return redirect("/account/");
    }),
    "GET /stock/": permissionRequired("library.see_stock")(() => htmlResponse(html`<p>Twelve copies of Emma</p>`)),
  }));

function signInPage(next: string, token: unknown, problem: string) {
  return html`
    <h1>Sign in</h1>
    <p>${problem}</p>
    <form method="post">
      ${token}
      <input type="hidden" name="next" value="${next}">
      <label>Name <input name="name" autocomplete="username" required></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <button>Sign in</button>
    </form>
  `;
}

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
