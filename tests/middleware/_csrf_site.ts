/** A site behind csrf() at https://shop.example, and requests as browsers, programs and attackers send them. */

import { type AppEvent, csrf, type CsrfOptions, pipeline, type PipelineOptions, routes } from "@nuages/web/middleware";

/** A visitor's secret, as the cookie keeps it. It is also a token: Django takes bare ones. */
export const SECRET: string = "s".repeat(32);

/** What a request is made of; the site's own address and a POST unless said otherwise. */
export interface Sent {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** The `Cookie` header; the visitor's secret unless said otherwise, none if `null`. */
  readonly cookie?: string | null;
  readonly body?: BodyInit;
}

/** What came of it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Why it was refused, as the event says. */
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  readonly events: readonly AppEvent[];
}

/** Makes the site, and gives what sends requests to it. Its view answers "done". */
export function csrfSite(
  options: CsrfOptions = {},
  pipelineOptions: PipelineOptions = {},
): (sent?: Sent) => Promise<Answer> {
  let events: AppEvent[] = [];
  const app = pipeline({ ...pipelineOptions, onEvent: (event) => events.push(event) })
    .use(csrf(options))
    .handle(routes({
      "/token": (_request, context) => new Response(context.csrfToken()),
      "/*": async (request) => new Response(request.body === null ? "done" : `done: ${(await request.text()).length}`),
    }));
  return async ({ url = "https://shop.example/", method = "POST", headers = {}, cookie, body } = {}) => {
    events = [];
    const request = new Request(url, { method, headers, ...(body === undefined ? {} : { body }) });
    if (cookie !== null) request.headers.set("Cookie", cookie ?? `__Host-csrftoken=${SECRET}`);
    const response = await app(request);
    const rejected = events.find(({ name }) => name === "csrf.rejected")?.data;
    return {
      status: response.status,
      text: await response.text(),
      headers: response.headers,
      reason: rejected?.reason as string | undefined,
      hint: rejected?.hint as string | undefined,
      events,
    };
  };
}

/** A form with a token. */
export function formWith(token: string, more: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({ csrfmiddlewaretoken: token, ...more });
}
