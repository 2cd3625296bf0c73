import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ReceivedLog } from "./support/otlp-proto.ts";
import { openReceiver } from "./support/otlp-receiver.ts";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { runApp } from "./support/run-app.ts";

const bed = useReceiverBed();

function run(script: string, env: Record<string, string> = {}) {
  return runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    env,
  });
}

/** A line, and not one of the records that are made from it or from a death. */
function isLine({ attributes }: ReceivedLog): boolean {
  return attributes["kind"] === "log";
}

function bodies(): string[] {
  return bed.receiver.logs.map((log) => log.body);
}

it("sends all 2,000 lines although a sibling transport of winston hangs", async () => {
  const end = await run("stuck-sibling.mjs").ended;

  expect(end.code).toBe(0);
  expect(new Set(bodies()).size).toBe(2_000);
  expect(bed.receiver.logs).toHaveLength(2_000);
});

it("leaves an uncaught error its exit code and print, and delivers it as FATAL", async () => {
  const end = await run("crash.mjs").ended;
  expect(end).toMatchObject({ code: 1, signal: null });
  expect(end.stderr).toContain("TypeError: the fixture broke");

  // What could not be sent before the death is in the spool, which the next start takes over.
  await run("log-and-end.mjs").ended;
  const isFatalLine = (log: ReceivedLog): boolean => log.severityNumber === 21 && isLine(log);
  await bed.receiver.until(() => bed.receiver.logs.some(isFatalLine));

  expect(bodies()).toContain("about to crash");
  const fatal = bed.receiver.logs.filter(isFatalLine);
  expect(fatal).toHaveLength(1);
  expect(fatal[0]?.attributes).toMatchObject({
    "exception.type": "TypeError",
    "exception.message": "the fixture broke",
    "exception.origin": "uncaughtException",
    fp: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(fatal[0]?.body).toMatch(
    /^TypeError: the fixture broke\n\s+at [\s\S]*Caused by: Error: the first cause/,
  );
});

it("records an uncaught error that the application survives by its own listener", async () => {
  const end = await run("own-exception-handler.mjs").ended;

  expect(end).toMatchObject({ code: 0, signal: null });
  expect(
    bed.receiver.logs
      .filter(isLine)
      .map((log) => [log.severityText, log.attributes["exception.type"]]),
  ).toEqual([
    ["fatal", "RangeError"],
    ["info", undefined],
  ]);
});

it("leaves winston's exception handler its exit, and its line without facts of the machine", async () => {
  const end = await run("winston-exceptions.mjs").ended;
  expect(end.code).toBe(1);
  expect(end.stdout).toContain("uncaughtException: the fixture broke");

  await run("log-and-end.mjs").ended;
  await bed.receiver.until(() => bed.receiver.logs.filter(isLine).length === 3);
  const own = bed.receiver.logs.find((log) => log.severityText === "error" && isLine(log));
  const fatal = bed.receiver.logs.find((log) => log.severityText === "fatal" && isLine(log));
  expect(own?.attributes["fp"]).toBe(fatal?.attributes["fp"]);
  expect(Object.keys(own?.attributes ?? {}).filter((key) => /^(os|process)\./.test(key))).toEqual(
    [],
  );
});

it("starts in worker threads too, without counting the process twice", async () => {
  const end = await run("worker.mjs").ended;

  expect(end.code).toBe(0);
  expect(bodies().sort()).toEqual(["from the main thread", "from the worker"]);
  const instances = new Set(bed.receiver.logs.map((log) => log.resource["service.instance.id"]));
  expect(instances.size).toBe(2);
  expect(bed.receiver.points.filter((point) => point.metric === "process.uptime")).toHaveLength(1);
});

it("runs without a spool where its folder cannot be written", async () => {
  const end = await run("log-and-end.mjs", { SIGHTLINE_DATA: "/dev/null/nowhere" }).ended;

  expect(end).toMatchObject({ code: 0 });
  expect(bodies()).toEqual(["hello from the fixture"]);
});

it("keeps the last line before process.exit() for the next start", async () => {
  const end = await run("exit-at-once.mjs").ended;
  expect(end.code).toBe(7);

  await run("log-and-end.mjs").ended;
  await bed.receiver.until(() => bodies().includes("last words"));
  expect(bodies().filter((body) => body === "last words")).toHaveLength(1);
});

it("loses nothing while the collector is down at the start and comes up later", async () => {
  const { port } = bed.receiver;
  await bed.receiver.close();
  const app = run("count-lines.mjs");
  await app.prints("line 99");
  bed.receiver = await openReceiver(port);
  await bed.receiver.until(() => bed.receiver.logs.length >= 100);
  app.child.kill("SIGTERM");
  await app.ended;

  expect(new Set(bodies().filter((body) => body.startsWith("line "))).size).toBe(100);
  expect(bed.receiver.logs).toHaveLength(100);
});

it("keeps lines over the death of the process while the collector is down", async () => {
  const { port } = bed.receiver;
  await bed.receiver.close();
  const app = run("count-lines.mjs");
  await app.prints("line 99");
  app.child.kill("SIGTERM");
  expect(await app.ended).toMatchObject({ signal: "SIGTERM" });
  expect(readdirSync(join(bed.data.path, "spool", "fixture")).length).toBeGreaterThan(0);

  bed.receiver = await openReceiver(port);
  await run("log-and-end.mjs").ended;
  await bed.receiver.until(() => bed.receiver.logs.length >= 101);
  expect(new Set(bodies().filter((body) => body.startsWith("line "))).size).toBe(100);
});

it("says where the signals go, and that nobody answers there", async () => {
  const answered = await run("wait-for-signal.mjs");
  await answered.prints("ready");
  await bed.receiver.until(() => bed.receiver.requestHeaders.length >= 2);
  answered.child.kill("SIGTERM");
  expect((await answered.ended).stderr).toBe(
    `sightline: fixture → ${bed.receiver.endpoint}: logs otlp, metrics every 15 s, traces 100 %; found winston; the endpoint answers\n`,
  );
});

it("warns of each wrong variable once and starts with the default", async () => {
  const end = await run("log-and-end.mjs", {
    OTEL_METRIC_EXPORT_INTERVAL: "soon",
    OTEL_TRACES_SAMPLER: "coin",
    OTEL_RESOURCE_ATTRIBUTES: "team=shop,broken,a=%",
  }).ended;

  const lines = end.stderr.split("\n").filter((line) => /OTEL_/.test(line));
  expect(lines).toEqual([
    'sightline: OTEL_METRIC_EXPORT_INTERVAL: expected a whole number of milliseconds from 1000 to 3600000, got "soon"; the default is used',
    "sightline: OTEL_RESOURCE_ATTRIBUTES: expected key=value pairs separated by commas, could not read pair 2, 3; the others are used",
    'sightline: OTEL_TRACES_SAMPLER: expected one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, got "coin"; the default is used',
  ]);
  expect(bed.receiver.logs[0]?.resource).toMatchObject({ team: "shop" });
});

it("adds the trace to printed lines and exports none with SIGHTLINE_LOGS=stdout", async () => {
  const app = run("trace-in-stdout.mjs", { SIGHTLINE_LOGS: "stdout" });
  const end = await app.ended;

  const [inside, outside] = end.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(inside).toMatchObject({
    message: "inside",
    trace_id: bed.receiver.spans[0]?.traceId,
    span_id: bed.receiver.spans[0]?.spanId,
    trace_flags: "01",
  });
  expect(outside).not.toHaveProperty("trace_id");
  expect(bed.receiver.logs).toEqual([]);
});

it("runs beside another OpenTelemetry SDK: tracing is left to it, lines carry its trace", async () => {
  const end = await run("foreign-sdk.mjs").ended;

  expect(end.stderr.match(/another OpenTelemetry SDK is registered/g)).toHaveLength(1);
  expect(bed.receiver.spans).toEqual([]);
  expect(bed.receiver.logs[0]?.traceId).toBe(/trace=([0-9a-f]{32})/.exec(end.stdout)?.[1]);
});

it("keeps the first of two starts and says so", async () => {
  const end = await run("start-twice.mjs").ended;

  expect(end.stdout).toContain("same=true");
  expect(end.stderr.match(/started already with other options/g)).toHaveLength(1);
  expect(bed.receiver.logs).toHaveLength(1);
});

it("reports the state of the process, the event loop, the heap and its own delivery", async () => {
  const app = run("wait-for-signal.mjs", { OTEL_METRIC_EXPORT_INTERVAL: "1000" });
  await app.prints("ready");
  await bed.receiver.until(
    () => (bed.receiver.point("sightline.acknowledged.records")?.value ?? -1) >= 0,
  );
  await bed.receiver.until(
    () =>
      (bed.receiver.point("sightline.acknowledged.records", { signal: "logs" })?.value ?? 0) === 1,
  );
  await bed.receiver.until(() => bed.receiver.point("nodejs.eventloop.delay.p99") !== undefined);
  app.child.kill("SIGTERM");
  await app.ended;

  const value = (metric: string, attributes = {}) =>
    bed.receiver.point(metric, attributes)?.value ?? -1;
  expect(value("process.cpu.time", { "cpu.mode": "user" })).toBeGreaterThan(0);
  expect(value("process.memory.usage")).toBeGreaterThan(10_000_000);
  expect(value("process.uptime")).toBeGreaterThan(0);
  expect(value("process.unix.file_descriptor.count")).toBeGreaterThan(3);
  expect(value("nodejs.eventloop.time", { "nodejs.eventloop.state": "idle" })).toBeGreaterThan(0);
  expect(value("nodejs.eventloop.time", { "nodejs.eventloop.state": "active" })).toBeGreaterThan(0);
  const utilization = value("nodejs.eventloop.utilization");
  expect(utilization).toBeGreaterThanOrEqual(0);
  expect(utilization).toBeLessThanOrEqual(1);
  const delays = ["min", "p50", "p90", "p99", "max"].map((name) =>
    value(`nodejs.eventloop.delay.${name}`),
  );
  expect(delays).toEqual([...delays].sort((left, right) => left - right));
  expect(delays[4]).toBeLessThan(10);
  expect(value("v8js.memory.heap.used", { "v8js.heap.space.name": "old_space" })).toBeGreaterThan(
    0,
  );
  expect(value("v8js.memory.heap.limit")).toBeGreaterThan(100_000_000);
  expect(value("sightline.queue.size")).toBeGreaterThanOrEqual(0);
});
