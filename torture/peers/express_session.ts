// deno-lint-ignore-file no-console -- it says its port
// @ts-nocheck: the packages, and so their types, are only there when the torture runs

/** The same pages on Express and express-session: `express_session.ts [ADDRESS OF REDIS]`; without one its own MemoryStore. */

const load = (name) => import(name);
const { default: express } = await load("express");
const { default: session } = await load("express-session");

const [redis] = Deno.args;
const app = express();
app.use(session({
  secret: crypto.randomUUID(),
  ...redis && { secret: "the same in all processes, and no secret", store: await redisStore(redis) },
  resave: false,
  saveUninitialized: false,
}));

app.post("/in", (request, response) => {
  request.session.count = 0;
  response.json({});
});

app.post("/add", async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  request.session.count++;
  response.json({});
});

app.get("/", (request, response) => {
  response.json({ count: request.session.count });
});

const server = app.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
for await (const _ of Deno.stdin.readable);
Deno.exit(0);

async function redisStore(url) {
  const { createClient } = await load("redis");
  const { RedisStore } = await load("connect-redis");
  const client = createClient({ url });
  await client.connect();
  return new RedisStore({ client });
}
