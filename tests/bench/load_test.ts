import { assert, assertEquals, assertThrows } from "@std/assert";
import { closedLoop } from "../../bench/load/closed_loop.ts";
import { openLoop } from "../../bench/load/open_loop.ts";
import { readWrk, wrkCan } from "../../bench/load/wrk.ts";
import { requestText } from "../../bench/measure/answer.ts";

Deno.test("the closed loop sends as many requests as it is told, each connection its own", async () => {
  const seen = new Map<string, number>();
  await using server = serve((request) => {
    const cookie = request.headers.get("Cookie")!;
    seen.set(cookie, (seen.get(cookie) ?? 0) + 1);
    return new Response("Hello");
  });
  const targets = ["a=1", "a=2"].map((Cookie) => ({ port: server.addr.port, request: requestText("GET", { Cookie }) }));
  const result = await closedLoop({ targets, connections: 4, seconds: 30, requests: 100 });
  assertEquals([result.answered, result.failures], [100, {}]);
  assertEquals([...seen.keys()].sort(), ["a=1", "a=2"]);
  assertEquals([...seen.values()].reduce((sum, count) => sum + count), 100);
});

Deno.test("load counts what is not answered well as failures, and opens connections again", async () => {
  let count = 0;
  await using server = serve(() =>
    new Response("Hello", { status: count++ % 2 === 0 ? 200 : 503, headers: { Connection: "close" } })
  );
  const targets = [{ port: server.addr.port, request: requestText("GET") }];
  const result = await closedLoop({ targets, connections: 1, seconds: 30, requests: 10 });
  assertEquals([result.answered, result.failures], [5, { "status 503": 5 }]);
});

Deno.test("the open loop begins requests when they are due, and counts a stall into all that waited", async () => {
  let count = 0;
  await using server = serve(async () => {
    // One stall: who measured from when it could send would see one slow answer.
    if (count++ === 20) await new Promise((resolve) => setTimeout(resolve, 200));
    return new Response("Hello");
  });
  const targets = [{ port: server.addr.port, request: requestText("GET") }];
  const plan = { targets, connections: 1, seconds: 1, perSecond: 200 };
  const { answered, failures, latency, seconds } = await openLoop(plan);
  assertEquals([answered, failures], [200, {}]);
  assert(seconds >= 0.99, `it took ${seconds} s`);
  // 40 requests were due in the 200 ms, their average wait is half of it.
  assert(latency.p90 >= 50, `9 in 10 were answered within ${latency.p90} ms`);
  assert(latency.max >= 190, `all were answered within ${latency.max} ms`);
});

Deno.test("the open loop counts a standstill of its own for nobody, and makes the load later", async () => {
  let count = 0;
  await using server = serve(() => {
    // Both are in this process, so that nothing is sent and nothing read meanwhile.
    if (count++ === 20) blockFor(300);
    return new Response("Hello");
  });
  const targets = [{ port: server.addr.port, request: requestText("GET") }];
  const plan = { targets, connections: 1, seconds: 1, perSecond: 200, standstill: 100 };
  const { answered, failures, latency, seconds } = await openLoop(plan);
  assertEquals([answered, failures], [200, {}]);
  assert(seconds >= 1.29, `it took ${seconds} s`);
  assert(latency.max < 250, `all were answered within ${latency.max} ms`);
});

Deno.test("the open loop counts a server's stall in full, though it leaves out its own", async () => {
  let count = 0;
  await using server = serve(async () => {
    const own = count++;
    if (own === 20) await new Promise((resolve) => setTimeout(resolve, 300));
    // What the server was late for before stays late.
    if (own === 21) blockFor(200);
    return new Response("Hello");
  });
  const targets = [{ port: server.addr.port, request: requestText("GET") }];
  const plan = { targets, connections: 1, seconds: 1, perSecond: 200, standstill: 100 };
  const { answered, failures, latency } = await openLoop(plan);
  assertEquals([answered, failures], [200, {}]);
  assert(latency.max >= 290, `all were answered within ${latency.max} ms`);
  assert(latency.p90 >= 50, `9 in 10 were answered within ${latency.p90} ms`);
});

Deno.test("what wrk prints is read, failures too", () => {
  const text = `Running 1s test @ http://127.0.0.1:1/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   361.21us  1.05ms  20.81ms   95.27%
    Req/Sec   143.32k    14.64k  168.80k    80.00%
  Latency Distribution
     50%  199.00us
     75%  255.00us
     90%  364.00us
     99%    5.62ms
  142588 requests in 1.10s, 16.32MB read
  Socket errors: connect 0, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 7
Requests/sec: 129625.45`;
  assertEquals(readWrk(text), {
    answered: 142588,
    seconds: 1.1,
    failures: { "status other than 2xx": 7, "socket: read": 2, "socket: timeout": 3 },
    latency: { p50: 0.199, p90: 0.364, p99: 5.62, max: 20.81 },
  });
  assertThrows(() => readWrk("unable to connect"), Error, "Cannot read what wrk printed");
});

Deno.test("wrk makes only the load that it can make", () => {
  const plan = { targets: [{ port: 1, request: requestText("GET") }], connections: 32, seconds: 1 };
  assertEquals(wrkCan(plan), true);
  assertEquals(wrkCan({ ...plan, perSecond: 10 }), false);
  assertEquals(wrkCan({ ...plan, requests: 10 }), false);
  assertEquals(wrkCan({ ...plan, seconds: 0.5 }), false);
  assertEquals(wrkCan({ ...plan, targets: [...plan.targets, ...plan.targets] }), false);
  assertEquals(wrkCan({ ...plan, targets: [{ port: 1, request: requestText("POST", {}, "a=1") }] }), false);
});

function blockFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function serve(handler: (request: Request) => Response | Promise<Response>): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
}
