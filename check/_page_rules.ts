import { CSRF_FIELD } from "../middleware/csrf_check.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** A page that was asked for. */
export interface ProbedPage {
  readonly path: string;
  readonly response: Response;
  readonly page: string;
  readonly origin: string;
  readonly stack: Stack;
}

/** What is wrong with a page. */
export function* pageFindings(probed: ProbedPage): Generator<Finding> {
  const { path, response } = probed;
  if (response.status >= 500) {
    yield {
      id: "probe.failed",
      level: "error",
      message: `${path} answers ${response.status}.`,
      hint: "Ask for it yourself: the error is on standard error, or with your onEvent.",
    };
    return;
  }
  yield* cacheFindings(probed);
  if (!/^text\/html\b/i.test(response.headers.get("Content-Type") ?? "")) return;
  yield* formFindings(probed);
  yield* scriptFindings(probed);
}

/** A page that depends on its visitor, and says that others may be shown it. */
function* cacheFindings({ path, response: { headers }, page, stack }: ProbedPage): Generator<Finding> {
  const control = headers.get("Cache-Control") ?? "";
  const isShared = /(?:^|[\s,])(?:public|s-maxage=[1-9]|max-age=[1-9])/i.test(control) &&
    !/(?:^|[\s,])(?:private|no-store)/i.test(control);
  const hasToken = page.includes(`name="${CSRF_FIELD}"`);
  if (!isShared || !hasToken && headers.getSetCookie().length === 0) return;
  yield {
    id: hasToken ? "csrf.token_cached" : "cache.personal_page",
    level: "error",
    message: `${path} says Cache-Control: ${control}, and ${
      hasToken
        ? "has a CSRF token in it: whoever is shown a kept copy can't send its form"
        : "sets a cookie: a cache may hand it to others"
    }.`,
    hint: "Leave Cache-Control out for pages that are their visitor's own: private is said for them then.",
    problems: [
      ...(hasToken ? ["CSRF 403" as const] : ["session doesn't stick" as const]),
      ...(stack.has("messages") ? ["message never or twice" as const] : []),
    ],
  };
}

function* formFindings({ path, page, origin, stack }: ProbedPage): Generator<Finding> {
  const layer = stack.first("csrf");
  if (layer === undefined) return;
  const text = page.replace(/<!--.*?-->|<(script|template)\b.*?<\/\1\s*>/gis, "");
  const own = [...text.matchAll(/<form\b([^>]*)>(.*?)<\/form\s*>/gis)].filter(([, tag]) =>
    isOwnPost(tag!, path, origin)
  );
  const without = own.filter(([, , content]) => !content!.includes(CSRF_FIELD)).length;
  if (without === 0) return;
  const { requireToken } = factsOf<{ requireToken: boolean }>(layer);
  yield {
    id: "csrf.form_without_token",
    level: requireToken ? "error" : "warning",
    layer: "csrf",
    message: `${path} has ${
      without === 1 ? "a form that is" : `${without} forms that are`
    } sent by POST without a token${
      requireToken
        ? ""
        : ", which browsers that don't say where a form comes from (before 2023, or over plain http) need"
    }.`,
    hint: 'Put csrfField() into the form: html`<form method="post">${context.csrfField()} …`.',
    problems: ["CSRF 403"],
    events: ["csrf.rejected"],
  };
}

function isOwnPost(tag: string, path: string, origin: string): boolean {
  if (!/\bmethod\s*=\s*["']?post\b/i.test(tag)) return false;
  const [, double, single, bare] = /\baction\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag) ?? [];
  const action = (double ?? single ?? bare ?? "").replaceAll("&amp;", "&");
  return URL.parse(action, new URL(path, origin))?.origin === new URL(origin).origin;
}

/** Scripts that the page's own policy keeps from running. */
function* scriptFindings({ path, response, page }: ProbedPage): Generator<Finding> {
  const sources = scriptSources(response.headers.get("Content-Security-Policy") ?? "");
  if (sources === undefined) return;
  const nonces = sources.filter((source) => source.startsWith("'nonce-")).map((source) => source.slice(7, -1));
  const isStrict = sources.includes("'strict-dynamic'");
  const hasHash = sources.some((source) => /^'sha\d/.test(source));
  const mayInline = sources.includes("'unsafe-inline'") && nonces.length === 0 && !hasHash;
  const text = page.replace(/<!--.*?-->/gs, "");
  const blocked = [...text.matchAll(/<script\b([^>]*)>/gi)].filter(([, tag]) => {
    const [, nonce] = /\bnonce\s*=\s*["']?([^\s"'>]+)/i.exec(tag!) ?? [];
    if (nonce !== undefined && nonces.includes(nonce) || isData(tag!)) return false;
    // Which hash is which script's, and which host's a source is, only a browser says.
    return /\bsrc\s*=/i.test(tag!) ? isStrict || sources.join() === "'none'" : !mayInline && !hasHash;
  });
  if (blocked.length === 0) return;
  yield {
    id: "csp.script_without_nonce",
    level: "warning",
    message: `${path} has ${
      blocked.length === 1 ? "a script" : `${blocked.length} scripts`
    } that its Content Security Policy keeps from running.`,
    hint: 'Write html`<script nonce="${context.cspNonce}">…`; templates get cspNonce.',
  };
}

function scriptSources(policy: string): string[] | undefined {
  const directives = new Map(
    policy.split(";").map((directive) => {
      const [name = "", ...values] = directive.trim().split(/\s+/);
      return [name.toLowerCase(), values] as const;
    }),
  );
  return directives.get("script-src-elem") ?? directives.get("script-src") ?? directives.get("default-src");
}

/** JSON and templates are no scripts, whatever their element is called. */
function isData(tag: string): boolean {
  const [, type = ""] = /\btype\s*=\s*["']?([^\s"'>]*)/i.exec(tag) ?? [];
  return type !== "" &&
    !/^(?:module|importmap|speculationrules|(?:text|application)\/(?:javascript|ecmascript))$/i.test(type);
}
