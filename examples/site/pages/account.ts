/** The account: where one is signed in, and how to end that. All of it is for who is signed in. */

import { type HasSignedInUser, type Html, html, redirect, type SessionInfo } from "@nuages/web";
import type { ShopContext } from "../context.ts";
import { languageOf } from "../languages.ts";
import { layout } from "../templates/layout.ts";
import { page, type PageData } from "../templates/page.ts";
import { ago, day, moment } from "../templates/words.ts";
import { type Texts, textsIn } from "../texts/texts.ts";
import { textOf } from "./sign_in.ts";

type OwnContext = ShopContext & HasSignedInUser;

/** `GET /account/` */
export async function account(_request: Request, context: OwnContext): Promise<Response> {
  const { id, name } = context.signedInUser;
  return page(template, { name, devices: await context.office.devices.list(id, await context.session()) });
}

/** `POST /account/devices/end/` */
export async function endDevice(_request: Request, context: OwnContext): Promise<Response> {
  const { id } = context.signedInUser;
  const { devices } = context.office;
  const form = await context.form();
  const texts = textsIn(languageOf(context)).account.page;
  const list = await devices.list(id, await context.session()) ?? [];
  // Looked up among this user's own: a handle of somebody else's is none.
  const device = list.find(({ handle }) => handle === textOf(form.get("device")));
  if (device !== undefined && await devices.end(id, device.handle)) {
    context.messages.success(texts.ended(nameOf(device, texts)));
  } else {
    context.messages.warning(texts.wasEnded);
  }
  return redirect("/account/");
}

/** `POST /account/devices/end-others/` */
export async function endOtherDevices(_request: Request, context: OwnContext): Promise<Response> {
  const { id } = context.signedInUser;
  const count = await context.office.devices.endOthers(id, await context.session());
  context.messages.success(textsIn(languageOf(context)).account.page.endedOthers(count));
  return redirect("/account/");
}

interface AccountData {
  readonly name: string;
  /** `undefined` if nobody can list them. */
  readonly devices: readonly SessionInfo[] | undefined;
}

function template(data: AccountData & PageData): Html {
  const { name, devices, csrfField, texts: { account } } = data;
  const texts = account.page;
  const isAlone = devices !== undefined && devices.every(({ current }) => current);
  const main = html`
    <div class="account">
      <h1>${texts.title(name)}</h1>
      <form action="/sign-out/" method="post">
        ${csrfField}<button class="quiet">${account.signOut.button}</button>
      </form>
    </div>
    <section aria-labelledby="devices">
      <h2 id="devices">${texts.devices}</h2>
      <p class="soft">${devices === undefined ? texts.cannotList : texts.devicesIntro}</p>
      ${devices !== undefined && html`
        <ul class="devices">${devices.map((device) => html`<li>${deviceLine(device, data)}</li>`)}</ul>
      `}
      ${isAlone ? html`<p class="soft">${texts.alone}</p>` : html`
        <form action="/account/devices/end-others/" method="post">
          ${csrfField}<button class="quiet">${texts.endOthers}</button>
        </form>
      `}
    </section>
    <section aria-labelledby="letters">
      <h2 id="letters">${texts.letters}</h2>
      <p><a href="/letters/write/">${texts.write}</a></p>
      <p><a href="/letters/">${texts.read}</a></p>
    </section>
  `;
  return layout(data, { title: texts.title(name), main });
}

function deviceLine(device: SessionInfo, { csrfField, language, texts: { account } }: PageData): Html {
  const texts = account.page;
  const { handle, address, current, lastSeen, created } = device;
  const name = nameOf(device, texts);
  return html`
    <article class="device">
      <div>
        <h3>${name} ${current && html`<span class="badge">${texts.thisOne}</span>`}</h3>
        <p class="soft">
          ${address} · ${texts.seen}
          <time datetime="${lastSeen.toISOString()}" title="${moment(lastSeen, language)}">${ago(
            lastSeen,
            language,
          )}</time> ·
          ${texts.since} <time datetime="${created.toISOString()}">${day(created, language)}</time>
        </p>
      </div>
      ${!current && html`
        <form action="/account/devices/end/" method="post">
          ${csrfField}
          <input type="hidden" name="device" value="${handle}">
          <button class="quiet" aria-label="${texts.endTitle(name, address)}">${texts.end}</button>
        </form>
      `}
    </article>
  `;
}

function nameOf({ label }: SessionInfo, texts: Texts["account"]["page"]): string {
  return label === "" ? texts.unknownDevice : texts.device(label);
}
