import { NO_POSTGRES, POSTGRES, type PostgresServer, startPostgres } from "./_postgres.ts";
import { openPg, openPostgres } from "./_sql_clients.ts";
import { testSqlStore } from "./_sql_behaviour.ts";
import { onServer } from "./_sql_stores.ts";

let server: PostgresServer;
if (POSTGRES) {
  Deno.test.beforeAll(async () => {
    // What is written survives the end of the server's process all the same.
    server = await startPostgres({ fsync: "off" });
  });
  Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());
  testSqlStore("SqlStore on PostgreSQL by npm:postgres", onServer(() => server, openPostgres));
  testSqlStore("SqlStore on PostgreSQL by npm:pg", onServer(() => server, openPg));
} else {
  Deno.test({ name: `SqlStore on PostgreSQL (${NO_POSTGRES})`, ignore: true, fn: () => {} });
}
