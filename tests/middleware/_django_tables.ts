/** Django's tables for sites, flatpages and redirects, in SQLite. */

import type { SqlReader } from "@nuages/web/middleware";
import { DatabaseSync } from "node:sqlite";

/** The tables, with two sites, and a client that reads them. */
export interface DjangoTables extends Disposable {
  readonly client: SqlReader;
  /** What the client was asked. */
  readonly asked: string[];
}

/** Makes the tables as Django's migrations do, and fills them. */
export function djangoTables(): DjangoTables {
  const database = new DatabaseSync(":memory:");
  database.exec(`
    CREATE TABLE django_site (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar(50) NOT NULL,
      domain varchar(100) NOT NULL UNIQUE);
    CREATE TABLE django_redirect (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, site_id integer NOT NULL,
      old_path varchar(200) NOT NULL, new_path varchar(200) NOT NULL);
    CREATE TABLE django_flatpage (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, url varchar(100) NOT NULL,
      title varchar(200) NOT NULL, content text NOT NULL, enable_comments bool NOT NULL,
      template_name varchar(70) NOT NULL, registration_required bool NOT NULL);
    CREATE TABLE django_flatpage_sites (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, flatpage_id integer NOT NULL,
      site_id integer NOT NULL);
    INSERT INTO django_site VALUES (1, 'Tea', 'tea.example'), (2, 'Cake', 'Cake.example'), (3, 'Local', 'local.example:8000');
    INSERT INTO django_redirect VALUES (1, 1, '/old/', '/new/'), (2, 1, '/gone/', ''), (3, 2, '/old/', '/cake/');
    INSERT INTO django_flatpage VALUES (1, '/about/', 'About tea', '<p>Tea</p>', 0, '', 0),
      (2, '/about/', 'About cake', '<p>Cake</p>', 0, 'cake.html', 0), (3, '/members/', 'Members', '<p>Hush</p>', 0, '', 1),
      (4, '/über/', 'Über', '<p>Ü</p>', 0, '', 0);
    INSERT INTO django_flatpage_sites VALUES (1, 1, 1), (2, 2, 2), (3, 3, 1), (4, 3, 2), (5, 4, 1);
  `);
  const asked: string[] = [];
  return {
    asked,
    client: {
      dialect: "sqlite",
      query(sql, values) {
        asked.push(sql);
        return database.prepare(sql).all(...values);
      },
    },
    [Symbol.dispose]: () => database.close(),
  };
}
