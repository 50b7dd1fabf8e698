/** Sessions that are large, and too large. */

import { CookieStore } from "../../sessions/mod.ts";
import type { Experiment, Row } from "../experiment.ts";
import { openStore } from "../open_store.ts";
import { makeSite, Visitor } from "../site_app.ts";
import type { StoreKind } from "../store_kinds.ts";

/** The experiment. */
export const largeSessions: Experiment = {
  name: "large",
  title: "A session of half a megabyte, and one that is too large",
  about:
    "A view puts a text of 500 000 bytes into the session, then one that is larger than the store takes. The second must be refused with an error that says what is too large, and leave the first as it was. A store without a limit of its own is " +
    "given 20 MB. Cookies are for small sessions: there the first must be refused.",
  columns: ["500 000 bytes", "a larger one", "it says", "afterwards"],
  stores: ["memory", "kv", "files", "sqlite", "cached", "denokv", "postgres", "mariadb", "redis", "cookies"],
  run: tryLarge,
};

/** How large a session is that the store refuses; the others are given twenty megabytes. */
const TOO_LARGE: Readonly<Record<string, number>> = {
  kv: 900_000,
  denokv: 900_000,
  redis: 1_100_000,
  sqlite: 16_100_000,
  cached: 16_100_000,
  postgres: 16_100_000,
  mariadb: 16_100_000,
};

/** Those that have no limit of their own. */
const UNLIMITED: ReadonlySet<string> = new Set(["memory", "files"]);

async function tryLarge(kind: StoreKind, { directory }: { directory: string }): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await kind.place(`${directory}/large_${kind.name}`));
  const store = kind.name === "cookies"
    ? new CookieStore()
    : stack.use(await openStore(kind.name, place.address)).store;
  let message = "";
  const onEvent = ({ error }: { error?: unknown }) => void (message = error instanceof Error ? error.message : "");
  const site = makeSite(store, { onEvent });
  const visitor = new Visitor();
  await visitor.ask(site, "/in?user=ada");
  const large = await visitor.ask(site, "/text?bytes=500000");
  const tooLarge = kind.name === "cookies"
    ? large
    : await visitor.ask(site, `/text?bytes=${TOO_LARGE[kind.name] ?? 20_000_000}`);
  const { body: { user, text = "" } } = await visitor.ask(site, "/");
  const kept = UNLIMITED.has(kind.name) ? 20_000_000 : kind.name === "cookies" ? 0 : 500_000;
  const isRefused = !UNLIMITED.has(kind.name);
  return {
    store: kind.title,
    seen: [
      String(large.status),
      `${(TOO_LARGE[kind.name] ?? (isRefused ? 500_000 : 20_000_000)).toLocaleString("en")}: ${tooLarge.status}`,
      message.replace(/ \(keep large data.*/, " …"),
      `${text.length.toLocaleString("en")} bytes`,
    ],
    broken: [
      ...(large.status === 200) === (kind.name !== "cookies") ? [] : [`500 000 bytes were answered ${large.status}`],
      ...(tooLarge.status === 200) === isRefused ? [`a larger session was answered ${tooLarge.status}`] : [],
      ...user === "ada" && text.length === kept ? [] : [`the session holds ${text.length} bytes afterwards`],
      ...isRefused && !/large|bytes/.test(message) ? [`it says: ${message}`] : [],
    ],
  };
}
