import { MARIADB, type MariadbServer, NO_MARIADB, startMariadb } from "./_mariadb.ts";
import { openMariadb, openMysql2 } from "./_sql_clients.ts";
import { testSqlStore } from "./_sql_behaviour.ts";
import { onServer } from "./_sql_stores.ts";

let server: MariadbServer;
if (MARIADB) {
  Deno.test.beforeAll(async () => {
    server = await startMariadb();
  });
  Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());
  testSqlStore("SqlStore on MariaDB by npm:mysql2", onServer(() => server, openMysql2));
  testSqlStore("SqlStore on MariaDB by npm:mariadb", onServer(() => server, openMariadb));
} else {
  Deno.test({ name: `SqlStore on MariaDB (${NO_MARIADB})`, ignore: true, fn: () => {} });
}
