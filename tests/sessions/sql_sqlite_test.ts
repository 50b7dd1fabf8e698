import { inSqliteFile, inSqliteMemory } from "./_sql_stores.ts";
import { testSqlStore } from "./_sql_behaviour.ts";

testSqlStore("SqlStore in a file of SQLite with two clients", inSqliteFile());
testSqlStore("SqlStore in SQLite in memory", inSqliteMemory());
