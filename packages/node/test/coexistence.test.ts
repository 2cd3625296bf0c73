import { afterAll, describe, expect, it } from "vitest";
import { makeNpmProject } from "./support/npm-project.ts";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { runApp } from "./support/run-app.ts";

const bed = useReceiverBed();

async function run(script: string, env: Record<string, string>) {
  const end = await runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    env,
  }).ended;
  expect(end).toMatchObject({ code: 0 });
  const warnings = end.stderr.split("\n").filter((line) => line.startsWith("sightline: "));
  const ownSpans = /own spans: (.*);/.exec(end.stdout)?.[1];
  const [line] = bed.receiver.logs.filter(({ body }) => body === "inside");
  return { warnings, ownSpans, line };
}

function spanNames(): string[] {
  return bed.receiver.spans.map(({ name }) => name).sort();
}

describe("an application with an OpenTelemetry SDK of its own", () => {
  const APP_SDK = "@opentelemetry/sdk-trace";

  it("keeps its traces where it came first; lines carry them, metrics go on", async () => {
    const { warnings, ownSpans, line } = await run("coexistence/own-sdk.mjs", {
      APP_SDK,
      APP_ORDER: "before",
    });

    expect(warnings).toEqual([
      "sightline: another OpenTelemetry SDK is registered in this process: tracing is left to it, " +
        "logs and metrics are sent from here",
    ]);
    expect(ownSpans).toBe("app span");
    expect(spanNames()).toEqual([]);
    expect(line?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(line?.traceId).toBe(line?.attributes["expected"]);
    expect(bed.receiver.point("http.server.request.duration")?.count).toBe(1);
  });

  it("has its spans sent from here, once, where it came later", async () => {
    const { warnings, ownSpans, line } = await run("coexistence/own-sdk.mjs", {
      APP_SDK,
      APP_ORDER: "after",
    });

    expect(warnings).toEqual([]);
    expect(ownSpans).toBe("");
    expect(spanNames()).toEqual(["GET", "GET /", "app span"]);
    expect(line?.traceId).toBe(line?.attributes["expected"]);
  });
});

describe("an application with an older copy of the API and its SDK", () => {
  const project = makeNpmProject([
    "@opentelemetry/api@1.9.0",
    "@opentelemetry/sdk-trace-base@2.0.0",
    "@opentelemetry/context-async-hooks@2.0.0",
    "winston@3.19.0",
  ]);
  const APP_SDK = "@opentelemetry/sdk-trace-base";
  const script = project.add("coexistence/own-sdk.mjs");
  afterAll(() => project.remove());
  const suffix = project.problem === undefined ? "" : ` (${project.problem})`;
  const test = it.skipIf(project.problem !== undefined);

  test(`keeps its traces where it came first, is told of the copies, and lines carry them${suffix}`, async () => {
    const { warnings, ownSpans, line } = await run(script, { APP_SDK, APP_ORDER: "before" });

    expect(warnings).toEqual([
      expect.stringMatching(
        /several copies of @opentelemetry\/api: 1\.10\.0 of this package, 1\.9\.0 in .*; the older one came first, so tracing is left to it\. "npm ls @opentelemetry\/api" shows/,
      ),
    ]);
    expect(ownSpans).toBe("app span");
    expect(spanNames()).toEqual([]);
    expect(line?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(line?.traceId).toBe(line?.attributes["expected"]);
    expect(bed.receiver.point("http.server.request.duration")?.count).toBe(1);
  });

  test(`has its spans sent from here, once, where it came later${suffix}`, async () => {
    const { warnings, ownSpans, line } = await run(script, { APP_SDK, APP_ORDER: "after" });

    expect(warnings).toEqual([]);
    expect(ownSpans).toBe("");
    expect(spanNames()).toEqual(["GET", "GET /", "app span"]);
    expect(line?.traceId).toBe(line?.attributes["expected"]);
  });

  test(`is traced although it set a logger for diagnostics through that copy${suffix}`, async () => {
    const { warnings } = await run(script, { APP_SDK, APP_ORDER: "only-diag" });

    expect(warnings).toEqual([]);
    expect(spanNames()).toEqual(["GET", "GET /", "app span"]);
  });
});
