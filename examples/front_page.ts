/** The program on the front page of the README: `SECRET_KEY=… deno task deno run -A examples/front_page.ts`, then open `/cart/`. */
import {
  type Context,
  csrf,
  type HasCsrf,
  type HasMessages,
  type HasSession,
  html,
  htmlResponse,
  KvStore,
  messages,
  pipeline,
  redirect,
  routes,
  security,
  sessions,
} from "@nuages/web";

type Cart = { cart: string[] };

const app = pipeline({ keys: [Deno.env.get("SECRET_KEY")!] })
  .use(security({ hstsSeconds: 31_536_000 }))
  .use(sessions<Cart>({ store: new KvStore(await Deno.openKv()) }))
  .use(csrf())
  .use(messages())
  .handle(routes({
    "POST /cart/": async (_request, context) => {
      const session = await context.session();
      const item = String((await context.form()).get("item"));
      session.update("cart", (cart = []) => [...cart, item]);
      context.messages.success(`${item} is in your cart.`);
      return redirect("/cart/");
    },
    "GET /cart/": cartPage,
  }));

Deno.serve(app);

async function cartPage(_request: Request, context: Context & HasSession<Cart> & HasCsrf & HasMessages) {
  const session = await context.session();
  return htmlResponse(html`
    ${(await context.messages.read()).map((message) => html`<p>${message.text}</p>`)}
    <ul>${session.get("cart", []).map((item) => html`<li>${item}</li>`)}</ul>
    <form method="post">${context.csrfField()} <input name="item" required> <button>Add</button></form>
  `);
}
