/** A site whose readers sign in: three of them, with passwords that are quick to check. */

import {
  type Account,
  authentication,
  type AuthenticationOptions,
  loginRequired,
  type MemoryAccount,
  MemoryUsers,
  nextPath,
  Passwords,
  type User,
} from "@nuages/web/auth";
import {
  type App,
  type AppEvent,
  csrf,
  pipeline,
  type PipelineOptions,
  redirect,
  routes,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";

/** Not for real: a hundredth of what is usual. */
export const quick: Passwords = new Passwords({ iterations: 1000 });

/** A key for tests only. */
export const KEY: string = "a key for tests only, never for visitors";

/** Somebody who reads. */
export interface Reader extends User {
  readonly mail: string;
}

const [adas, bobs] = await Promise.all([quick.hash("difference"), quick.hash("boole's")]);

/** Ada may add books, Bob may nothing, Cid may not sign in, Dan has no password. */
export function readers(): MemoryUsers<Reader> {
  const account = (id: string, name: string, more: Omit<MemoryAccount<Reader>, "user">): MemoryAccount<Reader> => ({
    user: { id, name, mail: `${name}@example.com` },
    ...more,
  });
  return new MemoryUsers([
    account("1", "ada", { password: adas, permissions: ["shop.add_book", "shop.sell_book"] }),
    account("2", "bob", { password: bobs }),
    account("3", "cid", { password: adas, active: false }),
    account("4", "dan", { password: "!" }),
  ]);
}

/** What a test may want of the site. */
export interface Site {
  readonly app: App;
  readonly users: MemoryUsers<Reader>;
  readonly store: MemoryStore;
  readonly events: AppEvent[];
}

/** Makes the site. */
export function site(options: Partial<AuthenticationOptions<Reader>> = {}, more: PipelineOptions = {}): Site {
  const { users = readers() } = options as { users?: MemoryUsers<Reader> };
  const store = new MemoryStore();
  const events: AppEvent[] = [];
  const app = pipeline({ keys: [KEY], onEvent: (event) => events.push(event), ...more })
    .use(sessions({ store }))
    .use(csrf())
    .use(authentication<Reader>({ passwords: quick, ...options, users }))
    .handle(routes({
      "GET /": async (_request, context) => new Response((await context.user())?.name ?? "nobody"),
      "GET /plain/": () => new Response("plain"),
      "GET /mine/": loginRequired((_request, context) => new Response(context.signedInUser.mail)),
      "GET /token/": (_request, context) => new Response(context.csrfToken()),
      "GET /keys/": async (_request, context) => Response.json(Object.fromEntries((await context.session()).entries())),
      "GET /owner/": async (_request, context) => Response.json((await context.session()).owner ?? null),
      "POST /cart/": async (_request, context) => {
        (await context.session()).set("cart", "emma");
        return new Response();
      },
      "POST /accounts/login/": async (request, context) => {
        const form = await context.form();
        const user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
        if (user === undefined) return new Response("Wrong name or password", { status: 422 });
        await context.login(user);
        return redirect(await nextPath(request, context));
      },
      "POST /accounts/logout/": async (_request, context) => {
        await context.logout();
        return redirect("/");
      },
      "POST /accounts/password/": loginRequired(async (_request, context) => {
        const form = await context.form();
        const password = await quick.hash(String(form.get("password")));
        users.put({ ...users.find(context.signedInUser.id)!, password });
        if (form.get("stay") === "yes") await context.updateSessionAuthHash(context.signedInUser);
        return new Response(await context.user().then((user) => user?.name));
      }),
    }));
  return { app, users, store, events };
}

/** Ada's account, with something else in it. */
export function adaWith(users: MemoryUsers<Reader>, more: Partial<Account<Reader>>): void {
  users.put({ ...users.find("1")!, ...more });
}
