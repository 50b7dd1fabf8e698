/**
 * Sessions in a file of SQLite: notes that are still there when the program is started again, in one process or several.
 * `deno task example sqlite_sessions notes.db` says which file; without it they are in memory.
 */

import {
  type App,
  csrf,
  html,
  htmlResponse,
  pipeline,
  redirect,
  routes,
  sessions,
  type SessionStore,
  sqliteClient,
  SqlStore,
} from "@nuages/web";

export function createApp(store: SessionStore): App {
  return pipeline()
    .use(sessions<{ notes: string[] }>({ store }))
    .use(csrf())
    .handle(routes({
      "GET /": async (_request, context) => {
        const session = await context.session();
        return htmlResponse(html`
          <h1>Notes</h1>
          <ul>${session.get("notes", []).map((note) => html`<li>${note}</li>`)}</ul>
          <form method="post">${context.csrfField()} <input name="note" required> <button>Keep</button></form>
        `);
      },
      "POST /": async (_request, context) => {
        const session = await context.session();
        const note = String((await context.form()).get("note"));
        session.update("notes", (notes = []) => [...notes, note]);
        return redirect("/");
      },
    }));
}

if (import.meta.main) {
  // With PostgreSQL, MySQL or MariaDB only this line changes: `SqlClient` shows theirs.
  using client = sqliteClient(Deno.args[0] ?? ":memory:");
  const store = new SqlStore(client);
  await store.createSchema();
  // What has expired is not served, and lies there until somebody clears it away.
  // deno-lint-ignore no-console -- whoever started it should know
  const clearing = setInterval(() => store.clearExpired().catch(console.error), 3_600_000);
  const server = Deno.serve({ hostname: "127.0.0.1" }, createApp(store));
  const stop = () => void server.shutdown();
  Deno.addSignalListener("SIGINT", stop);
  await server.finished;
  Deno.removeSignalListener("SIGINT", stop);
  clearInterval(clearing);
}
