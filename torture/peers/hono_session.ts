// deno-lint-ignore-file no-console -- it says its port
// @ts-nocheck: the packages, and so their types, are only there when the torture runs

/** The same pages on Hono and @hono/session: `hono_session.ts [ADDRESS OF REDIS]`; without one a Map is its storage. */

const load = (name) => import(name);
const { useSession, useSessionStorage } = await load("@hono/session");
const { Hono } = await load("hono");

const [redis] = Deno.args;
const storage = redis ? await redisStorage(redis) : mapStorage();
const app = new Hono();
app.use(useSessionStorage(storage), useSession({ secret: "no secret, the same in all processes.." }));

app.post("/in", async (c) => {
  await c.var.session.update({ count: 0 });
  return c.json({});
});

app.post("/add", async (c) => {
  await c.var.session.get();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await c.var.session.update((before) => ({ count: (before?.count ?? 0) + 1 }));
  return c.json({});
});

app.get("/", async (c) => c.json(await c.var.session.get()));

Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(JSON.stringify({ port })) },
  app.fetch,
);
for await (const _ of Deno.stdin.readable);
Deno.exit(0);

function mapStorage() {
  const map = new Map();
  return {
    get: (id) => map.get(id) ?? null,
    set: (id, value) => void map.set(id, value),
    delete: (id) => void map.delete(id),
  };
}

async function redisStorage(url) {
  const { createClient } = await load("redis");
  const client = createClient({ url });
  await client.connect();
  return {
    get: async (id) => JSON.parse(await client.get(id) ?? "null"),
    set: async (id, value) => void await client.set(id, JSON.stringify(value)),
    delete: async (id) => void await client.del(id),
  };
}
