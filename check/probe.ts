/**
 * Asking an application for pages, to see what can't be seen from outside.
 *
 * @module
 */

import { appDescriptionOf } from "../middleware/describe_layer.ts";
import type { App } from "../middleware/pipeline.ts";
import { CookieStore } from "../sessions/cookie_store.ts";
import { TestBrowser } from "../testing/test_browser.ts";
import { cookiesOf } from "./_cookie_rules.ts";
import { pageFindings } from "./_page_rules.ts";
import { sorted } from "./_sorted.ts";
import { factsOf, Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** Options of {@linkcode probe}. */
export interface ProbeOptions {
  /**
   * Where the site is, as the address bar begins.
   *
   * @default {https, and the first host that `allowedHosts()` names}
   */
  origin?: string;
}

/**
 * Asks an application for pages, as a browser does, without a socket, and says what is wrong with them: forms without a token, scripts that the policy keeps from running, cookies that browsers refuse, a session that isn't
 * found again, a visitor's own page that caches may keep, messages that aren't shown, or twice. Each is asked for a few times, by GET, with and without the cookies it has set. Nothing else is sent; but what the program does to show a page (counting visits, beginning a session) it does.
 *
 * @param app The application, as `handle()` gave it.
 * @param paths The pages: `["/", "/accounts/login/"]`.
 * @param options Where the site is.
 * @returns The findings, worst first, each page's kind once.
 * @throws {TypeError} If it is no application of a pipeline, or `origin` is no address.
 *
 * @example
 * ```ts
 * import { probe } from "@nuages/web/check";
 * import { csrf, html, htmlResponse, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(csrf()).handle(routes({
 *   "GET /": () => htmlResponse(html`<form method="post"><button>Buy</button></form>`),
 * }));
 * const [finding] = await probe(app, ["/"]);
 *
 * assertEquals(finding?.id, "csrf.form_without_token");
 * assertEquals(finding?.hint, "Put csrfField() into the form: html`<form method=\"post\">${context.csrfField()} …`.");
 * ```
 */
export async function probe(app: App, paths: readonly string[], options: ProbeOptions = {}): Promise<Finding[]> {
  const description = appDescriptionOf(app);
  if (description === undefined) {
    throw new TypeError("Cannot probe what is no application: pass what pipeline().handle() returned");
  }
  const stack = new Stack(description);
  const { origin = originOf(stack) } = options;
  const found: Finding[] = [];
  for (const path of paths) found.push(...await probePage(app, path, origin, stack));
  return sorted(found);
}

async function probePage(app: App, path: string, origin: string, stack: Stack): Promise<Finding[]> {
  const browser = new TestBrowser(app, { origin });
  const first = await browser.get(path);
  const page = await first.text();
  const ids = sessionIds(browser, stack);
  const findings = [...pageFindings({ path, response: first, page, origin, stack })];
  await (await browser.get(path)).body?.cancel();
  const lost = ids.find(({ name, value }) =>
    sessionIds(browser, stack).some((now) => now.name === name && now.value !== value)
  );
  if (lost !== undefined) {
    findings.push({
      id: "session.lost",
      level: "error",
      layer: "sessions",
      message:
        `${path} was asked for twice, and the session that the first answer began was not there any more the second time.`,
      hint:
        "Make the store once, where the program begins, and hold it against the contract: sessionStoreTests() of @nuages/web/testing.",
      problems: ["session doesn't stick", "CSRF 403", "message never or twice"],
    });
  }
  if (first.status === 200 && isPage(first)) {
    // It builds a pipeline, which takes more to load than all the rest.
    const { messageFindings } = await import("./_message_probe.ts");
    findings.push(...await Array.fromAsync(messageFindings(app, path, origin, stack)));
  }
  // Each line begins with the cookie as it was set; its value is nobody's business.
  const refusals = browser.cookies.refusals.map((
    line,
  ) => [line.split("=", 1)[0]!, line.slice(line.lastIndexOf(": ") + 2)]);
  for (const [name, reason] of new Map(refusals as [string, string][])) {
    findings.push({
      id: "cookies.refused",
      level: "error",
      message: `Browsers refuse the cookie ${name} of ${path}: ${reason}.`,
      hint: `Look at its attributes, or at the address the site is asked by, here ${origin}.`,
      problems: ["session doesn't stick"],
    });
  }
  return findings;
}

/** Whether it is HTML. */
function isPage({ headers }: Response): boolean {
  return /^text\/html\b/i.test(headers.get("Content-Type") ?? "");
}

/** The sessions that a browser has, by their cookies. One that lives in its cookie has no id, and changes with what is in it. */
function sessionIds(browser: TestBrowser, stack: Stack): { name: string; value: string }[] {
  if (stack.all("sessions").some((layer) => factsOf<{ store: unknown }>(layer).store instanceof CookieStore)) return [];
  return cookiesOf(stack).filter(({ owner }) => owner === "session").flatMap(({ cookie }) => {
    const kept = browser.cookie(cookie.name) ?? browser.cookie(cookie.plain.name);
    return kept === undefined ? [] : [{ name: kept.name, value: kept.value }];
  });
}

function originOf(stack: Stack): string {
  const hosts = stack.all("allowedHosts").flatMap((layer) => factsOf<{ hosts: string[] }>(layer).hosts ?? []);
  const host = hosts.find((host) => host !== "*") ?? "localhost";
  return `https://${host.replace(/^\./, "")}`;
}
