/** Links that lead nowhere, by mail to whoever can mend them; and the slash that was forgotten. `deno task example broken_links` */

import {
  type App,
  type BrokenLink,
  brokenLinkMail,
  brokenLinks,
  common,
  type EventListener,
  html,
  htmlResponse,
  pipeline,
  routes,
} from "@nuages/web";
// @ts-types="@types/nodemailer"
import { createTransport, type Transporter } from "nodemailer";

/** Whose mails these are. */
export interface Mails {
  /** The mail server: `smtp://user:password@mail.example.com:587`. */
  readonly server: string;
  /** Who they are from. */
  readonly from: string;
  /** Who gets them. */
  readonly to: string;
}

/** Who hears of what happens. */
export interface Listeners {
  /** Of each mail that is on its way. */
  readonly sent?: (mail: Promise<unknown>) => void;
  /** Of a mail server that is down. */
  readonly onEvent?: EventListener;
}

/** The site. */
export function createApp({ server, from, to }: Mails, { sent, ...options }: Listeners = {}): App {
  const post: Transporter = createTransport(server);
  const report = (link: BrokenLink): Promise<void> => {
    const mail = post.sendMail({ from, to, ...brokenLinkMail(link) });
    sent?.(mail);
    // If the mail server is down, that is the event "exception"; the visitor's page doesn't wait for it.
    return mail.then(() => {});
  };
  const table = routes({
    "GET /": () => htmlResponse(html`<p><a href="/about">About us</a>, <a href="/jobs/">Jobs</a></p>`),
    "GET /about/": () => new Response("About us\n"),
  });
  return pipeline(options)
    .use(brokenLinks({ report, ignore: [/^\/favicon\.ico$/, /\.php$/] }))
    .use(common({ appendSlash: table }))
    .handle(table);
}

if (import.meta.main) {
  const server = Deno.env.get("SMTP_SERVER") ?? "smtp://127.0.0.1:1025";
  Deno.serve({ hostname: "127.0.0.1" }, createApp({ server, from: "site@example.com", to: "managers@example.com" }));
}
