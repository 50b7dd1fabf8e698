/** The classes that docs/hooks.md shows beside its functions do in a real Django what the page says of both. */

import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DJANGO_PYTHON, NO_DJANGO } from "../django/_python.ts";
import { python } from "./_python.ts";

const guide = await Deno.readTextFile(new URL("../../docs/hooks.md", import.meta.url));
const ORACLE = fromFileUrl(new URL("_hooks_oracle.py", import.meta.url));

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Case {
  /** The heading below which the class stands. */
  readonly heading: string;
  /** What goes into MIDDLEWARE. */
  readonly middleware?: readonly string[];
  /** The views of the oracle, by path. */
  readonly views: Readonly<Record<string, string>>;
  readonly requests: readonly (readonly [path: string, headers?: Readonly<Record<string, string>>])[];
  readonly check: (answers: readonly Answer[]) => void;
}

const header = (name: string, ...values: (string | undefined)[]) => (answers: readonly Answer[]) =>
  assertEquals(answers.map(({ headers }) => headers[name]), values);
const status = (...values: number[]) => (answers: readonly Answer[]) =>
  assertEquals(answers.map(({ status }) => status), values);
const body = (...values: string[]) => (answers: readonly Answer[]) =>
  assertEquals(answers.map(({ body }) => body), values);

const CASES: readonly Case[] = [
  {
    heading: "The shape",
    middleware: ["ServedBy"],
    views: { "": "page" },
    requests: [["/"]],
    check: header("x-served-by", "a class"),
  },
  {
    heading: "Before and after",
    middleware: ["Lap"],
    views: { "": "page" },
    requests: [["/"]],
    check: ([answer]) => assertMatch(answer!.headers["x-lap"]!, /^\d+\.\d{3}$/),
  },
  {
    heading: "Answering instead of the view",
    middleware: ["Closed"],
    views: { "": "page" },
    requests: [["/shop/tea/"], ["/"]],
    check: body("Closed until Monday", "page"),
  },
  {
    heading: "What it puts on the request",
    middleware: ["Greeting"],
    views: { "paris/": "greeting" },
    requests: [["/paris/"]],
    check: body("Hello from /paris/"),
  },
  {
    heading: "What must stand before it",
    middleware: ["Member", "Badge"],
    views: { "": "page" },
    requests: [["/"]],
    check: header("x-badge", "Ada"),
  },
  {
    heading: "What must stand before it",
    middleware: ["Badge", "Member"],
    views: { "": "page" },
    requests: [["/"]],
    check: status(500),
  },
  {
    heading: "process_view",
    middleware: ["Maintenance"],
    views: { "": "page", "status/": "always_open" },
    requests: [["/"], ["/status/"], ["/nowhere/"]],
    check: status(503, 200, 404),
  },
  {
    heading: "process_exception",
    middleware: ["Apology"],
    views: { "": "sold_out", "fail/": "fail" },
    requests: [["/"], ["/fail/"]],
    check: status(409, 500),
  },
  {
    heading: "process_template_response",
    middleware: ["Draft"],
    views: { "": "title" },
    requests: [["/"]],
    check: body("<h1>Emma (draft)</h1>"),
  },
  {
    heading: "Context processors",
    views: { "": "themed" },
    requests: [["/", { Cookie: "theme=dark" }], ["/"]],
    check: body('<body class="dark">', '<body class="light">'),
  },
  {
    heading: "Errors",
    middleware: ["Flag"],
    views: { "": "fail" },
    requests: [["/"], ["/nowhere/"]],
    check: header("x-flag", "red", undefined),
  },
  {
    heading: "A middleware that isn't used",
    middleware: ["OnlyInDebug"],
    views: { "": "page" },
    requests: [["/"]],
    check: body("page"),
  },
  {
    heading: "Settings",
    middleware: ["Teapot"],
    views: { "": "page" },
    requests: [["/tea/"], ["/"]],
    check: body("I'm a teapot", "page"),
  },
  {
    heading: "Waiting, and not waiting",
    middleware: ["brewed"],
    views: { "": "page" },
    requests: [["/"]],
    check: header("x-brewed-by", "django"),
  },
  {
    heading: "What a view says of its answer",
    middleware: ["Priced"],
    views: { "": "map_for_sale", "free/": "page" },
    requests: [["/"], ["/free/"]],
    check: header("x-price", "250", "0"),
  },
  {
    heading: "Streams",
    middleware: ["Shout"],
    views: { "": "stream", "page/": "page" },
    requests: [["/"], ["/page/"]],
    check: body("ONE, TWO, THREE", "PAGE"),
  },
];

if (DJANGO_PYTHON === undefined) {
  Deno.test({ name: `the guide's classes in Django (${NO_DJANGO})`, ignore: true, fn() {} });
}

Deno.test({
  name: "the guide's classes do in Django what the page says of them",
  ignore: DJANGO_PYTHON === undefined,
  async fn(t) {
    for (const { heading, middleware = [], check, ...asked } of CASES) {
      await t.step(`${heading}: ${middleware.join(", ")}`, async () => {
        const blocks = pythonBelow(heading);
        const name = heading.toLowerCase().replaceAll(" ", "-");
        check(await askDjango({ name, blocks, middleware, ...asked }));
      });
    }
  },
});

Deno.test(
  "every class and decorator of the guide is Python that compiles",
  { ignore: DJANGO_PYTHON === undefined },
  async () => {
    const blocks = [...guide.matchAll(/^```python\n(.*?)^```$/gms)].map(([, code]) => code!);
    const program = "import ast, json, sys\nfor block in json.load(sys.stdin): ast.parse(block)\nprint('fine')";
    assertEquals((await python(["-c", program], blocks)).trim(), "fine");
  },
);

Deno.test("the guide's links lead somewhere, also those within the page", async () => {
  const headings = new Set([...guide.matchAll(/^## (.*)$/gm)].map(([, text]) => slug(text!)));
  const targets = [...guide.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target]) => target!);
  for (const target of targets) {
    if (target.startsWith("#")) assertEquals([target, headings.has(target.slice(1))], [target, true]);
    else await Deno.stat(new URL(`../../docs/${target.split("#")[0]}`, import.meta.url));
  }
});

function slug(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function pythonBelow(heading: string): string[] {
  const [, section = ""] = guide.split(`\n## ${heading}\n`);
  return [...section.split("\n## ")[0]!.matchAll(/^```python\n(.*?)^```$/gms)].map(([, code]) => code!);
}

async function askDjango(question: unknown): Promise<Answer[]> {
  return JSON.parse(await python([ORACLE], question));
}
