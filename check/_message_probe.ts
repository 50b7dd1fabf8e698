import { CookieMessages } from "../messages/cookie_messages.ts";
import { FallbackMessages } from "../messages/fallback_messages.ts";
import { messages } from "../messages/messages.ts";
import { type App, pipeline } from "../middleware/pipeline.ts";
import { TestBrowser } from "../testing/test_browser.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/**
 * Comes to a page with a message that waits in the cookie, and looks whether it is shown, and only once. Nothing is written anywhere: the cookie is made with the application's keys,
 * and seen by nobody.
 */
export async function* messageFindings(app: App, path: string, origin: string, stack: Stack): AsyncGenerator<Finding> {
  const { storage } = factsOf<{ storage: unknown }>(stack.first("messages"));
  const { keys } = stack.app;
  if (keys === undefined || !(storage instanceof CookieMessages || storage instanceof FallbackMessages)) return;
  const { name, attributes } = storage.cookie;
  const { maxAge: _maxAge, expires: _expires, ...others } = attributes;
  const text = `check-${crypto.randomUUID()}`;
  const planter = pipeline({ keys }).use(messages({ storage: new CookieMessages({ name, ...others }) }))
    .handle((_request, context) => {
      context.messages.error(text);
      return new Response();
    });
  const planting = new TestBrowser(planter, { origin });
  await planting.get(path);
  const browser = new TestBrowser(app, { origin });
  browser.cookies.adopt(planting.cookies.all());

  const about = { layer: "messages", problems: ["message never or twice"] } as const;
  if (!(await browser.text(path)).includes(text)) {
    yield {
      id: "messages.not_shown",
      level: "info",
      ...about,
      message: `${path} doesn't show a message that waits for the visitor.`,
      hint:
        "Show `await context.messages.read()` there, or in its template with contextProcessor(messagesProcessor), unless it is a page that has none.",
    };
    return;
  }
  if (!(await browser.text(path)).includes(text)) return;
  yield {
    id: "messages.shown_again",
    level: "error",
    ...about,
    message: `${path} shows a message again that it has shown before.`,
    hint:
      "Let the response leave through messages() as the view made it: something outside drops its Set-Cookie, or shows a page that was kept.",
  };
}
