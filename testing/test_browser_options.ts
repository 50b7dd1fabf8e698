/** What a {@linkcode TestBrowser} talks to: what `pipeline().handle(…)` gives, or any other handler of `Deno.serve`. */
export type TestApplication = (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** How a {@linkcode TestBrowser} is made. */
export interface TestBrowserOptions {
  /**
   * Where the application is, as the address bar begins.
   *
   * @default {"http://localhost"}
   */
  readonly origin?: string;
  /**
   * Whether http on this machine counts as secure for cookies: in Chromium and Firefox it does, in Safari it doesn't.
   *
   * @default {false}
   */
  readonly trustsLoopback?: boolean;
  /**
   * Whether requests say where they come from (`Sec-Fetch-Site` and its kind), as all browsers do since Safari 16.4 of 2023.
   *
   * @default {true}
   */
  readonly fetchMetadata?: boolean;
  /**
   * What `Deno.serve` would say of the connection: the visitor's address.
   *
   * @default {undefined}
   */
  readonly info?: Deno.ServeHandlerInfo;
}

/** What is special about one request of a {@linkcode TestBrowser}; headers that are given here are sent as they are. */
export interface BrowserVisit extends RequestInit {
  /**
   * The page that starts the request, by its address or its origin; `null` for nobody's page, as when an address is typed in.
   *
   * @default {the application's own origin}
   */
  readonly from?: string | null;
  /**
   * Whether the request loads a page into a tab, as a link and a form do, rather than data into a page, as `fetch()` does.
   *
   * @default {true}
   */
  readonly navigation?: boolean;
}

/** What is special about a form that a {@linkcode TestBrowser} sends. */
export interface FormVisit extends BrowserVisit {
  /**
   * Which form of the page, by its id, its name or the path that it is sent to.
   *
   * @default {the first one that is sent by POST}
   */
  readonly form?: string;
}

/** A form of a page, as it is before anybody fills it in. */
export interface PageForm {
  /** Its id; "" if it has none. */
  readonly id: string;
  /** Its name; "" if it has none. */
  readonly name: string;
  /** The address of its page. */
  readonly page: string;
  /** The address that it is sent to. */
  readonly action: string;
  /** How it is sent. */
  readonly method: "GET" | "POST";
  /** Whether it is sent as `multipart/form-data`. */
  readonly isMultipart: boolean;
  /** What it sends if nothing is filled in: hidden fields, and what fields are filled with. */
  readonly fields: Readonly<Record<string, string>>;
  /** The names of all its fields and buttons. */
  readonly names: readonly string[];
}
