import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LoadGenerator } from "../../bench/load/load_generator.ts";
import { askOnce, requestText } from "../../bench/measure/answer.ts";
import { prepareFullPage, prepareProxiedPage } from "../../bench/measure/full_page.ts";
import { microRace } from "../../bench/measure/micro_race.ts";
import { ours, type Program } from "../../bench/measure/programs.ts";
import { type Prepared, race, type RaceResult } from "../../bench/measure/race.ts";
import { compare } from "../../bench/measure/race_figures.ts";

const ANYWHERE = { servers: undefined, load: undefined };
const BRIEFLY = { connections: 2, rounds: 2, seconds: 0.1, warmUp: 0.1, toWake: 0.1 };

Deno.test("a race measures every side in each round, and leaves out who answers otherwise, or not at all", async () => {
  await using load = await LoadGenerator.start(ANYWHERE, false);
  const sides = [
    { name: "first", program: server("Hello") },
    { name: "second", program: server("Hello") },
    { name: "other", program: server("Good day") },
    { name: "mute", program: program("Deno.exit(3)") },
    { name: "absent", program: () => Promise.reject(new Error("it is not installed")) },
  ];
  const results = await race(sides, { ...BRIEFLY, prepare }, { load, cores: ANYWHERE });
  for (const result of results.slice(0, 2)) {
    assert("samples" in result);
    assertEquals(result.samples.length, 2);
    assert(result.samples.every(({ perSecond, latency }) => perSecond > 0 && latency.p99 > 0));
  }
  assertEquals(skipped(results[2]!), 'It answers otherwise than "first": another body: "Good day"');
  assertEquals(skipped(results[3]!), "It ended with exit code 3");
  assertEquals(skipped(results[4]!), "it is not installed");
  const figure = compare(results[1]!, results[0]!, { title: "t", beside: "b", by: "clock" });
  assertEquals("ratio" in figure && figure.ratio.count, 2);
  const unmeasured = compare(results[1]!, results[2]!, { title: "t", beside: "b", by: "clock" });
  assertStringIncludes("skipped" in unmeasured ? unmeasured.skipped : "", "other: It answers otherwise");
});

Deno.test("the full stack, and the same by hand, do all that the check of the full page asks for and answer alike", async () => {
  await using load = await LoadGenerator.start(ANYWHERE, false);
  for (const [flags, prepare] of [[[], prepareFullPage], [["--proxy"], prepareProxiedPage]] as const) {
    const sides = ["by_hand", "full_stack"].map((name) => ({ name, program: ours(`sides/${name}.ts`, flags) }));
    const results = await race(sides, { ...BRIEFLY, prepare }, { load, cores: ANYWHERE });
    assertEquals(results.map((result) => "skipped" in result ? result : "measured"), ["measured", "measured"]);
  }
});

Deno.test("a side that skips a part of the work is not measured", async () => {
  await using load = await LoadGenerator.start(ANYWHERE, false);
  const page = 'import { pageOf } from "./bench/sides/page.ts"; serve(() => new Response(pageOf(undefined, [])));';
  const sides = [{ name: "without CSRF", program: program(page) }];
  const [result] = await race(sides, { ...BRIEFLY, prepare: prepareFullPage }, { load, cores: ANYWHERE });
  assertEquals(
    skipped(result!),
    "It leaves out a part of the work: a form from another site must be refused: received status 200",
  );
});

Deno.test("small operations are measured in turn, and have to give the same", async () => {
  const options = { cores: ANYWHERE, rounds: 2, seconds: 0.02 };
  const [one, other] = await microRace([operation("a", "1"), operation("b", "1")], options);
  assertEquals([one!.length, other!.length], [2, 2]);
  assert([...one!, ...other!].every((nanoseconds) => nanoseconds > 0));
  const error = await microRace([operation("a", "1"), operation("b", "2")], options).catch(({ message }) => message);
  assertEquals(error, '"b" gives 2, "a" 1');
});

async function prepare(port: number): Promise<Prepared> {
  const request = requestText("GET");
  return { targets: [request], answer: await askOnce(port, request) };
}

function skipped(result: RaceResult): string | undefined {
  return "skipped" in result ? result.skipped : undefined;
}

function server(body: string): Program {
  return program(`serve(() => new Response(${JSON.stringify(body)}));`);
}

function operation(name: string, answer: string) {
  return { name, program: program(`await answerRounds((round) => round + 1, "${answer}");`) };
}

function program(code: string): Program {
  const imports =
    'import { serve } from "./bench/sides/announce.ts"; import { answerRounds } from "./bench/micro/answer_rounds.ts";';
  return { command: [Deno.execPath(), "eval", "--ext=ts", `${imports} ${code}`] };
}
