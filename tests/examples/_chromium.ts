/** A real Chromium in front of a handler. */

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** What a test in a browser is given. */
export interface Visitor {
  /** A tab. */
  readonly page: Page;
  /** Opens another tab of the same visitor. */
  newTab(): Promise<Page>;
  /** Opens a tab of another visitor, whose browser knows nothing of the first one's. */
  newVisitor(options?: BrowserContextOptions): Promise<Page>;
  /** Where the site is: `http://127.0.0.1:12345`. */
  readonly origin: string;
}

/** The site that a test visits. */
export type Site = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Response | Promise<Response>;

/** What differs from a visitor with an ordinary window and the right to run scripts. */
export interface VisitorOptions extends BrowserContextOptions {
  /** Another site than that of the other tests. */
  readonly site?: Site;
  /** Statuses that the test provokes on purpose; the browser reports each as an error. */
  readonly expectedStatuses?: readonly number[];
}

const EXECUTABLE = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const IS_MISSING = !isThere(EXECUTABLE);

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Makes the function that registers tests in a browser: one Chromium for the file, one visitor and one site for each test.
 *
 * A test fails if the page reports an error on its console, whatever else it finds.
 */
export function chromiumTests(
  makeSite: () => Site,
): (name: string, body: (visitor: Visitor) => Promise<void>, options?: VisitorOptions) => void {
  let browser: Browser | undefined;
  if (!IS_MISSING) {
    Deno.test.beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: EXECUTABLE,
        args: FLAGS,
        // Visitors' browsers keep whole pages for the back button; Playwright's would not.
        ignoreDefaultArgs: ["--disable-back-forward-cache"],
      });
    });
    Deno.test.afterAll(async () => {
      await browser?.close();
    });
  }
  return (name, body, { site, expectedStatuses = [], ...options } = {}) => {
    Deno.test({
      name: IS_MISSING
        ? `${name} (skipped: there is no Chromium at ${EXECUTABLE}; CHROMIUM names another place)`
        : name,
      ignore: IS_MISSING,
      fn: async () => {
        await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site ?? makeSite());
        const contexts: BrowserContext[] = [];
        const complaints: string[] = [];
        const newVisitor = async (options: BrowserContextOptions = {}) => {
          const context = await browser!.newContext({ reducedMotion: "reduce", ...options });
          contexts.push(context);
          context.on("weberror", (error) => complaints.push(String(error.error())));
          context.on("console", (message) => {
            const isExpected = expectedStatuses.some((status) => message.text().includes(`a status of ${status} `));
            if (/error|warning/.test(message.type()) && !isExpected) complaints.push(message.text());
          });
          return await openTab(context);
        };
        try {
          const page = await newVisitor(options);
          const newTab = () => openTab(page.context());
          await body({ page, newTab, newVisitor, origin: `http://127.0.0.1:${server.addr.port}` });
        } finally {
          for (const context of contexts) await context.close();
        }
        if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join("; ")}`);
      },
    });
  };
}

async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return page;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
