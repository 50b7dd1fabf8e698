/** The shop of `examples/beside_django`, for tests: both its sides on one database of their own. */

import { type SqliteClient, sqliteClient } from "@nuages/web";
import { createApp } from "../../examples/beside_django/app.ts";
import { prepareDatabase, startDjango } from "../../examples/beside_django/django.ts";
import { createProxy, MOVED } from "../../examples/beside_django/proxy.ts";
import { DJANGO_PYTHON, NO_DJANGO } from "../django/_python.ts";

/** The key of both sides, for tests only. */
export const KEY = "a key for both sides in tests only, never for visitors";

/** Why it can't be tested here, if so. */
export const MISSING: string | undefined = DJANGO_PYTHON === undefined ? NO_DJANGO : undefined;

/** Both sides, and what stands in front of them. */
export interface Observatory extends AsyncDisposable {
  /** Where Django is. */
  readonly django: string;
  /** The side on Deno. */
  readonly nuages: (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;
  /** The database that both use. */
  readonly client: SqliteClient;
  /** The proxy, with other paths that have moved if given. */
  proxy(moved?: readonly string[]): Deno.ServeHandler;
}

/** Makes a database with its two users, and starts Django on it. */
export async function openObservatory(): Promise<Observatory> {
  const folder = await Deno.makeTempDir();
  const settings = { key: KEY, database: `${folder}/db.sqlite3` };
  await prepareDatabase(DJANGO_PYTHON!, settings);
  const django = await startDjango(DJANGO_PYTHON!, settings);
  const client = sqliteClient(settings.database);
  const nuages = createApp({ key: KEY, client, onEvent() {} });
  return {
    django: django.origin,
    nuages,
    client,
    proxy: (moved = MOVED) => createProxy({ django: django.origin, nuages, moved }),
    async [Symbol.asyncDispose]() {
      await django[Symbol.asyncDispose]();
      client[Symbol.dispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
