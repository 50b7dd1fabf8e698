/** Links that nobody can make up, and that end by themselves: for downloads, invitations, a forgotten password. */

import {
  type App,
  dumps,
  html,
  htmlResponse,
  HttpError,
  KeyRing,
  NotFound,
  pipeline,
  routes,
  verifyObject,
} from "@nuages/web";

// Links signed with this key end with the program; a site takes the key from its environment.
const keys = new KeyRing(Deno.env.get("SECRET_KEY") ?? crypto.randomUUID() + crypto.randomUUID());

/** What the signature is for: one made for invitations opens no download, though the key is the same. */
const SALT = "examples.download";

/** How long a link works, in seconds. */
export const LIFETIME = 60;

const FILES: ReadonlyMap<string, string> = new Map([["typhoon", "Captain MacWhirr, of the steamer Nan-Shan …\n"]]);

export const app: App = pipeline().handle(routes({
  "GET /": () => {
    // Signed, not secret: anybody can read what is in it, nobody can change it.
    const token = dumps({ file: "typhoon" }, keys, { salt: SALT });
    return htmlResponse(html`<p><a href="/download/${token}/">Typhoon</a>, for a minute</p>`);
  },
  "GET /download/:token/": (_request, context) => {
    const result = verifyObject<{ file: string }>(context.params.token, keys, { salt: SALT, maxAge: LIFETIME });
    if (result.ok) return new Response(FILES.get(result.value.file));
    if (result.reason === "expired") throw new HttpError(410, "This link has ended: ask for another one");
    throw new NotFound();
  },
}));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
