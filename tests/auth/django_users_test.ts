/** A Django and this library with the same users: who is signed in on one side is signed in on the other. */

import { authentication, djangoUsers, Passwords, permissionRequired } from "@nuages/web/auth";
import { messages, SessionMessages } from "@nuages/web/messages";
import { csrf, pipeline, routes } from "@nuages/web/middleware";
import { DjangoSessionStore, sessions } from "@nuages/web/sessions";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { sqliteClient } from "../../sessions/sqlite_client.ts";
import { type Beside, KEY, testBeside } from "./_django_beside.ts";

/** A site with Django's users and sessions. */
function site({ client }: Beside, timeZone?: string, keys: readonly string[] = [KEY]): TestBrowser {
  const zone = timeZone === undefined ? {} : { timeZone };
  const users = djangoUsers(client, zone);
  const app = pipeline({ keys })
    .use(sessions({ store: new DjangoSessionStore(client, zone) }))
    .use(csrf({ cookie: { name: "csrftoken" } }))
    .use(authentication({ users }))
    .use(messages({ storage: new SessionMessages() }))
    .handle(routes({
      "GET /": async (_request, context) => new Response((await context.user())?.name ?? ""),
      "GET /user/": async (_request, context) => Response.json(await context.user() ?? null),
      "GET /token/": (_request, context) => new Response(context.csrfToken()),
      "GET /owner/": async (_request, context) => new Response((await context.session()).owner ?? ""),
      "POST /login/": async (_request, context) => {
        const form = await context.form();
        const user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
        if (user !== undefined) await context.login(user);
        return new Response(user?.name ?? "wrong");
      },
      "POST /logout/": async (_request, context) => {
        await context.logout();
        return new Response();
      },
      "POST /keep/": async (request, context) => {
        (await context.session()).assign(await request.json());
        return new Response();
      },
      "POST /say/": (_request, context) => {
        context.messages.success("Said here.");
        return new Response();
      },
      "GET /heard/": async (_request, context) => Response.json(String(await context.messages.read())),
      "GET /stock/": permissionRequired("auth.change_group")(() => new Response("stock")),
    }));
  return new TestBrowser(app);
}

function give(browser: TestBrowser, cookies: Readonly<Record<string, string>>): void {
  const url = new URL("http://localhost/");
  for (const [name, value] of Object.entries(cookies)) {
    browser.cookies.receive(`${name}=${value}; Path=/`, { url, from: undefined, safeNavigation: true });
  }
}

function cookieOf(browser: TestBrowser): string {
  return browser.cookies.all().map(({ name, value }) => `${name}=${value}`).join("; ");
}

async function addAda(beside: Beside, more: Record<string, unknown> = {}, groups: string[] = []): Promise<string> {
  return String(await beside.django.ask({ do: "user", name: "ada", password: "difference", more, groups }));
}

const FORM = { name: "ada", password: "difference" };

testBeside("who signs in on either side is signed in on both, and signed out on both", async (database) => {
  await using beside = await database.start();
  const id = await addAda(beside, { first_name: "Ada", is_staff: true });

  const theirs = await beside.request("POST", "/login/", "", FORM);
  const browser = site(beside);
  give(browser, theirs.cookies);
  const user = {
    id,
    name: "ada",
    email: "ada@shop.example",
    firstName: "Ada",
    lastName: "",
    isStaff: true,
    isSuperuser: false,
  };
  assertEquals(await browser.json("/user/"), user);
  assertEquals(await browser.text("/owner/"), id);
  await browser.post("/logout/");
  assertEquals((await beside.request("GET", "/whoami/", `sessionid=${theirs.cookies.sessionid}`)).body, "");

  const ours = site(beside);
  await ours.post("/keep/", JSON.stringify({ cart: ["emma"] }));
  const before = cookieOf(ours);
  assertEquals(await (await ours.post("/login/", FORM)).text(), "ada");
  assert(cookieOf(ours) !== before, "signing in must give the session another id");
  assertEquals((await beside.request("GET", "/whoami/", cookieOf(ours))).body, "ada");
  assertEquals((await beside.request("GET", "/whoami/", before)).body, "");
  const held = JSON.parse((await beside.request("GET", "/session/", cookieOf(ours))).body);
  assertEquals([held.cart, held._auth_user_id, held._auth_user_backend], [
    ["emma"],
    id,
    "django.contrib.auth.backends.ModelBackend",
  ]);
  await beside.request("POST", "/logout/", cookieOf(ours));
  assertEquals(await ours.text("/"), "");
});

testBeside("a change of the password on either side ends the sessions of both", async (database) => {
  await using beside = await database.start();
  await addAda(beside);
  const [one, two] = [site(beside), site(beside)];
  await one.post("/login/", FORM);
  await two.post("/login/", FORM);

  const changed = await beside.request("POST", "/password/", cookieOf(one), { password: "analytical" });
  give(one, changed.cookies);
  assertEquals([await one.text("/"), await two.text("/")], ["ada", ""]);

  const theirs = await beside.request("POST", "/login/", "", { name: "ada", password: "analytical" });
  const users = djangoUsers(beside.client);
  const account = (await users.findByName("ada"))!;
  await users.replacePassword!(account.user, await new Passwords().hash("engine"), account.password!);
  assertEquals((await beside.request("GET", "/whoami/", `sessionid=${theirs.cookies.sessionid}`)).body, "");
  assertEquals((await beside.request("POST", "/login/", "", { name: "ada", password: "engine" })).status, 200);
  // In the place of another password only.
  await users.replacePassword!(account.user, "lost", account.password!);
  assertEquals((await beside.request("POST", "/login/", "", { name: "ada", password: "engine" })).status, 200);
});

testBeside(
  "who signed in with the key of yesterday stays signed in on both sides, and goes on with today's",
  async (database) => {
    const today = "the key of today, for tests only, never for visitors";
    await using beside = await database.start({ key: today, fallbacks: [KEY] });
    await addAda(beside);
    const [before, other] = [site(beside), site(beside)];
    await before.post("/login/", FORM);
    await other.post("/login/", FORM);

    const after = site(beside, undefined, [today, KEY]);
    give(after, { sessionid: before.cookie("sessionid")!.value });
    assertEquals(await after.text("/"), "ada");
    assertEquals((await beside.request("GET", "/whoami/", cookieOf(after))).body, "ada");
    const onlyToday = site(beside, undefined, [today]);
    give(onlyToday, { sessionid: before.cookie("sessionid")!.value });
    assertEquals(await onlyToday.text("/"), "ada");

    // Django gives it a new id when it writes the hash anew.
    const renewed = await beside.request("GET", "/whoami/", cookieOf(other));
    assertEquals(renewed.body, "ada");
    give(onlyToday, renewed.cookies);
    assertEquals(await onlyToday.text("/"), "ada");
  },
);

testBeside("signing in is noted in last_login, and a weak password is stored anew", async (database) => {
  const timeZone = "Europe/Paris";
  await using beside = await database.start({ settings: { USE_TZ: false, TIME_ZONE: timeZone } });
  await addAda(beside);
  const weak = await new Passwords({ iterations: 1000 }).hash("difference");
  await beside.django.ask({ do: "set", name: "ada", values: { password: weak } });
  const browser = site(beside, timeZone);
  assertEquals(await (await browser.post("/login/", FORM)).text(), "ada");

  const { password, last_login: lastLogin } = await beside.django.ask({ do: "read", name: "ada" });
  assert(password.startsWith("pbkdf2_sha256$1000000$"), password);
  const wall = new Date(new Date().toLocaleString("sv-SE", { timeZone }).replace(" ", "T") + "Z").getTime();
  assert(Math.abs(Date.parse(`${lastLogin.slice(0, 23)}Z`) - wall) < 5000, lastLogin);
  assertEquals(await browser.text("/"), "ada");
  assertEquals((await beside.request("GET", "/whoami/", cookieOf(browser))).body, "ada");
});

testBeside("who is not active any more is nobody, and can't sign in", async (database) => {
  await using beside = await database.start();
  await addAda(beside);
  const browser = site(beside);
  await browser.post("/login/", FORM);
  await beside.django.ask({ do: "set", name: "ada", values: { is_active: false } });

  assertEquals(await browser.text("/"), "");
  assertEquals(await (await site(beside).post("/login/", FORM)).text(), "wrong");
  assertEquals((await beside.request("POST", "/login/", "", FORM)).status, 422);
});

testBeside("permissions are a user's own, those of their groups, and all for a superuser", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  await addAda(beside, {}, ["editors", "buyers"]);
  const users = djangoUsers(client);
  const ada = async () => (await users.findByName(" ada "))!.user;
  const browser = site(beside);
  await browser.post("/login/", FORM);

  assertEquals((await browser.get("/stock/")).status, 403);
  assertEquals(await users.groups(await ada()), ["buyers", "editors"]);
  await django.ask({ do: "allow", to: "ada", codename: "add_user" });
  await django.ask({ do: "allow", group: "editors", codename: "change_group" });
  assertEquals((await browser.get("/stock/")).status, 200);
  assertEquals([...await users.permissions(await ada())].sort(), await django.ask({ do: "permissions", name: "ada" }));
  assert(!await users.hasPermissions(await ada(), ["auth.add_user", "auth.delete_user"]));

  await django.ask({ do: "set", name: "ada", values: { is_superuser: true } });
  assert(await users.hasPermissions(await ada(), ["auth.add_user", "anything.at_all"]));
  assertEquals([...await users.permissions(await ada())].sort(), await django.ask({ do: "permissions", name: "ada" }));
  // Who is not active any more may do nothing, whoever asks.
  await django.ask({ do: "set", name: "ada", values: { is_active: false } });
  const inactive = await ada();
  assertEquals([...await users.permissions(inactive)], await django.ask({ do: "permissions", name: "ada" }));
  assert(!await users.hasPermissions(inactive, ["auth.add_user"]));
  assert(!await users.hasPermissions({ ...inactive }, ["auth.add_user"]));
  assertEquals(await users.find("2000000"), undefined);
  assertEquals(await users.find("nobody'; --"), undefined);
  assertEquals(await users.findByName("nobody"), undefined);
});

testBeside("messages in the session and the token of a form cross over", async (database) => {
  await using beside = await database.start({
    settings: { MESSAGE_STORAGE: "django.contrib.messages.storage.session.SessionStorage" },
  });
  const browser = site(beside);
  const said = await beside.request("POST", "/say/", "", { text: "Said there: é ☃" });
  give(browser, said.cookies);
  assertEquals(await browser.json("/heard/"), "Said there: é ☃");
  assertEquals(JSON.parse((await beside.request("GET", "/heard/", cookieOf(browser))).body), []);
  await browser.post("/say/");
  assertEquals(JSON.parse((await beside.request("GET", "/heard/", cookieOf(browser))).body), ["Said here."]);

  const token = await browser.text("/token/");
  const form = { text: "with a token", csrfmiddlewaretoken: token };
  const question = { do: "request", csrf: true, method: "POST", path: "/say/", cookie: cookieOf(browser) };
  assertEquals((await beside.django.ask({ ...question, form })).status, 200);
  assertEquals((await beside.django.ask({ ...question, form: { text: "without" } })).status, 403);
  const theirs = await beside.request("GET", "/token/", cookieOf(browser));
  give(browser, theirs.cookies);
  const visit = { headers: { "Sec-Fetch-Site": "" } };
  assertEquals((await browser.post("/say/", { csrfmiddlewaretoken: theirs.body }, visit)).status, 200);
});

testBeside("the secret of forms in the session (CSRF_USE_SESSIONS) is one for both", async (database) => {
  await using beside = await database.start({ settings: { CSRF_USE_SESSIONS: true } });
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new DjangoSessionStore(beside.client) }))
    .use(csrf({ storage: "session", requireToken: true }))
    .handle(routes({
      "GET /token/": async (_request, context) => new Response(await context.csrfToken()),
      "POST /say/": () => new Response("heard"),
    }));
  const browser = new TestBrowser(app);
  const ours = await browser.text("/token/");
  const question = { do: "request", csrf: true, method: "POST", path: "/say/", cookie: cookieOf(browser) };
  const form = { text: "with a token", csrfmiddlewaretoken: ours };
  assertEquals((await beside.django.ask({ ...question, form })).status, 200);

  const other = new TestBrowser(app);
  const theirs = await beside.request("GET", "/token/");
  give(other, theirs.cookies);
  assertEquals((await other.post("/say/", { csrfmiddlewaretoken: theirs.body })).status, 200);
  assertEquals((await other.post("/say/", { csrfmiddlewaretoken: ours })).status, 403);
});

Deno.test("djangoUsers() reads a model of one's own, with a UUID as its key and an address as its name", async () => {
  using client = sqliteClient(":memory:");
  client.database.exec(
    `CREATE TABLE accounts_person (id char(32) PRIMARY KEY, email varchar(254), password varchar(128), phone text);
    CREATE TABLE accounts_person_groups (id integer PRIMARY KEY, person_id char(32), group_id integer);
    CREATE TABLE auth_group (id integer PRIMARY KEY, name varchar(150));
    INSERT INTO accounts_person VALUES ('0123456789abcdef0123456789abcdef', 'ada@shop.example', 'stored', '12');
    INSERT INTO auth_group VALUES (7, 'editors');
    INSERT INTO accounts_person_groups VALUES (1, '0123456789abcdef0123456789abcdef', 7);`,
  );
  const users = djangoUsers(client, {
    table: "accounts_person",
    nameColumn: "email",
    userColumn: "person_id",
    toUser: (user, row) => ({ ...user, phone: String(row.phone), columns: Object.keys(row) }),
  });

  const found = await users.findByName("ada@shop.example");
  assertEquals([found?.user.id, found?.user.phone], ["01234567-89ab-cdef-0123-456789abcdef", "12"]);
  assertEquals([found?.password, found?.active], ["stored", true]);
  assert(!found?.user.columns.includes("password"));
  assertEquals((await users.find("01234567-89ab-cdef-0123-456789abcdef"))?.user.name, "ada@shop.example");
  assertEquals(await users.groups(found!.user), ["editors"]);
});

Deno.test("djangoUsers() knows users by ids as large as a bigint, and no larger ones", async () => {
  using client = sqliteClient(":memory:");
  const [id, largest] = ["1834567890123456789", "9223372036854775807"];
  client.database.exec(
    `CREATE TABLE auth_user (id integer PRIMARY KEY, username varchar(150), password varchar(128), tenant bigint);
    INSERT INTO auth_user VALUES (${id}, 'ada', 'stored', 100000000000000001), (${largest}, 'grace', 'stored', 1);`,
  );
  const users = djangoUsers(client, { toUser: (user, { tenant }) => ({ ...user, tenant }) });

  assertEquals((await users.find(id))?.user.name, "ada");
  assertEquals((await users.find(largest))?.user.name, "grace");
  const { user } = (await users.findByName("ada"))!;
  assertEquals([user.id, user.tenant], [id, 100000000000000001n]);
  assertEquals(await users.find("9223372036854775808"), undefined);
});

Deno.test("djangoUsers() refuses what can't be a name, a client or a time zone", () => {
  using client = sqliteClient(":memory:");
  assertThrows(() => djangoUsers(client, { table: 'x"; DROP' }), TypeError, "as table must be a name");
  assertThrows(() => djangoUsers(client, { nameColumn: "a b" }), TypeError, "as nameColumn must be a name");
  assertThrows(() => djangoUsers(client, { timeZone: "Nowhere/Town" }), TypeError, "as timeZone must be");
  assertThrows(() => djangoUsers({} as never), TypeError, "as its client's dialect must be");
});
