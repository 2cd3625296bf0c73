import { describe, expect, it } from "vitest";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { runApp } from "./support/run-app.ts";

const REGISTER = "@sightline/node/register";

const bed = useReceiverBed();

function appOptions(nodeArgs: readonly string[] = []) {
  return { endpoint: bed.receiver.endpoint, dataDirectory: bed.data.path, nodeArgs };
}

describe("a line of winston arrives with its fields", () => {
  it.each([
    ["from an ES module with --import", "log-and-end.mjs", ["--import", REGISTER]],
    ["from an ES module that imports register first", "register-first.mjs", []],
    ["from CommonJS with --import", "log-and-end.cjs", ["--import", REGISTER]],
    ["from CommonJS with -r", "log-and-end.cjs", ["-r", REGISTER]],
    ["from CommonJS that requires the package", "require-start.cjs", []],
    ["when winston was loaded before the start", "winston-before-start.cjs", []],
  ])("%s", async (_name, script, nodeArgs) => {
    const end = await runApp(script, appOptions(nodeArgs)).ended;

    expect(end).toMatchObject({ code: 0 });
    expect(end.stdout).toContain("hello from the fixture");
    expect(bed.receiver.logs).toHaveLength(1);
    expect(bed.receiver.logs[0]).toMatchObject({
      body: "hello from the fixture",
      severityText: "info",
      severityNumber: 9,
      attributes: { answer: 42, kind: "log" },
      resource: { "service.name": "fixture", "telemetry.distro.name": "sightline" },
    });
    expect(bed.receiver.logs[0]?.observedUnixMillis).toBe(bed.receiver.logs[0]?.timeUnixMillis);
  });
});

it("lets code beat the environment and sends headers and user agent", async () => {
  const end = await runApp("require-start.cjs", {
    ...appOptions(),
    env: {
      OTEL_RESOURCE_ATTRIBUTES: "service.version=1.0.0,team=shop",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=abc",
    },
  }).ended;

  expect(end).toMatchObject({ code: 0, stderr: "" });
  expect(bed.receiver.logs[0]?.resource).toMatchObject({
    "service.version": "9.9.9",
    team: "shop",
  });
  expect(bed.receiver.requestHeaders[0]).toMatchObject({ "x-key": "abc" });
  expect(bed.receiver.requestHeaders[0]?.["user-agent"]).toMatch(/^sightline-node\/\d+\.\d+\.\d+$/);
});

it("starts nothing with OTEL_SDK_DISABLED", async () => {
  const options = { ...appOptions(["--import", REGISTER]), env: { OTEL_SDK_DISABLED: "true" } };
  const end = await runApp("log-and-end.mjs", options).ended;

  const stderr = "sightline: fixture: disabled, nothing is captured or sent\n";
  expect(end).toMatchObject({ code: 0, stderr });
  expect(bed.receiver.requestHeaders).toEqual([]);
});

it("lists every fault of the options at once, and no secret", async () => {
  const end = await runApp("bad-options.mjs", appOptions()).ended;

  expect(end.stdout).toBe(`sightline: cannot start with these options:
  - metricIntervalMillis: expected a whole number of milliseconds from 1000 to 3600000, got "often"
  - sampleRatio: expected a number from 0 to 1, got 2
  - "serviceNmae" is not an option: did you mean "serviceName"?
  - headers: expected an object of texts, such as { "team": "shop" }, got something else
`);
});
