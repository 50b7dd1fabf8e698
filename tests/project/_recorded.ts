/** What Django's startproject answered, as it was recorded: tests/vectors/django-scenarios.txt. */

/** One request, and what Django answered. */
export interface Recorded {
  /** The scenario: requests of one name are made by one browser. */
  readonly name: string;
  /** The scenario and the request in it: `set GET /read`, the second time `set GET /read 2`. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** Over https. */
  readonly secure: boolean;
  /** Headers the request had besides. */
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  /** The response's headers by their names in lower case, cookies aside. */
  readonly answered: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
  /** The body as it was, or its beginning; `undefined` for a stream. */
  readonly body: string | undefined;
}

/** Reads all of them: `## name method /path {…} -> status`, and below it headers and body. */
export function recordedScenarios(): Recorded[] {
  const text = Deno.readTextFileSync(new URL("../vectors/django-scenarios.txt", import.meta.url));
  const seen = new Set<string>();
  return text.split(/^## /m).slice(1).map((section) => {
    const [, name, method, path, extra, status] = /^(.+?) (get|post|head) (\/\S*) (\{.*\}) -> (\d+)$/m.exec(section)!;
    const told = JSON.parse(extra!.replaceAll("'", '"').replaceAll("True", "true"));
    const lines = [...section.matchAll(/^ {4}([A-Za-z-]+): (.*)$/gm)].map(([, name, value]) =>
      [name!, value!] as const
    );
    const first = `${name} ${method!.toUpperCase()} ${path}`;
    let key = first;
    for (let again = 2; seen.has(key); again++) key = `${first} ${again}`;
    seen.add(key);
    const body = lines.find(([name]) => name === "body")?.[1];
    return {
      name: name!,
      key,
      method: method!.toUpperCase(),
      path: path!,
      secure: told.secure === true,
      headers: told.headers ?? {},
      status: Number(status),
      answered: new Map(
        lines.filter(([name]) => name !== "Set-Cookie" && name !== "body").map((
          [name, value],
        ) => [name.toLowerCase(), value]),
      ),
      cookies: lines.filter(([name]) => name === "Set-Cookie").map(([, value]) => value),
      body: body === undefined ? undefined : /^b'(.*)'$/.exec(body)![1],
    };
  });
}
