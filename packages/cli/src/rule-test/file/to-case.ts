import { LOKI_LABEL, LOKI_METADATA, SEVERITY, type SeverityName } from "@sightline/core";
import type { Place } from "../../fault.ts";
import type { Path, Places } from "../../spec/places.ts";
import type { Expectation, TestCase, TestLine, TextCheck } from "../case.ts";
import { requestSeries } from "./request-series.ts";
import { DEFAULT_ENVIRONMENT, DEFAULT_HOST, type LineSpec, type TestSpec } from "./schema.ts";

/** A Monday, so that mute timings of weekends and nights do not surprise anybody. */
const DEFAULT_START = "2026-01-05T00:00:00Z";
const DEFAULT_SERIES_MILLIS = 60_000;

/** A test of the file as what is sent and what is expected, with its places. */
export function toCase(test: TestSpec, path: Path, places: Places): TestCase {
  const expect = test.expect.map((expected, index) =>
    toExpectation(expected, places.placeOf([...path, "expect", index])),
  );
  const durationMillis = Math.max(...expect.map(({ atMillis }) => atMillis));
  return {
    name: test.name,
    alert: test.alert,
    startMillis: Date.parse(test.start ?? DEFAULT_START),
    lines: test.lines.flatMap(toLines),
    series: [
      ...test.series.map(({ series, values, every }) => ({
        series,
        tokens: values,
        everyMillis: every ?? DEFAULT_SERIES_MILLIS,
      })),
      ...requestSeries(test.requests.map(toRequests), durationMillis),
    ],
    expect,
    place: places.placeOf([...path, "name"]),
  };
}

function toRequests(request: TestSpec["requests"][number]): Parameters<typeof requestSeries>[0][0] {
  return {
    service: request.service,
    environment: request.environment ?? DEFAULT_ENVIRONMENT,
    host: request.host ?? DEFAULT_HOST,
    method: request.method ?? "GET",
    route: request.route ?? "/",
    status: request.status ?? 200,
    perMinute: request.rpm,
    durationSeconds: (request.duration ?? 100) / 1000,
    fromMillis: request.at?.fromMillis ?? 0,
    toMillis: request.at?.toMillis,
  };
}

function toLines(line: LineSpec): TestLine[] {
  const severity = line.severity?.toUpperCase() as SeverityName | undefined;
  const stream = {
    [LOKI_LABEL.serviceName]: line.service,
    [LOKI_LABEL.deploymentEnvironmentName]: line.environment ?? DEFAULT_ENVIRONMENT,
    [LOKI_LABEL.hostName]: line.host ?? DEFAULT_HOST,
    [LOKI_LABEL.kind]: line.kind ?? "log",
  };
  const metadata = {
    ...(severity && {
      [LOKI_METADATA.severityText]: severity,
      [LOKI_METADATA.severityNumber]: String(SEVERITY[severity]),
    }),
    // As Loki stores attributes: what cannot stand in a label's name is an underscore.
    ...Object.fromEntries(
      Object.entries(line.fields ?? {}).map(([name, value]) => [
        name.replaceAll(/[^A-Za-z0-9_]/g, "_"),
        value,
      ]),
    ),
  };
  return line.at.flatMap((atMillis) =>
    Array.from({ length: line.count ?? 1 }, () =>
      line.text.map((text) => ({ atMillis, text, stream, metadata })),
    ).flat(),
  );
}

function toExpectation(expected: TestSpec["expect"][number], place: Place): Expectation {
  const { contains, ...byName } = expected.message ?? {};
  return {
    atMillis: expected.at,
    state: expected.state,
    labels: expected.labels ?? {},
    count: expected.count,
    message: Object.fromEntries(
      Object.entries(byName).map(([name, check]) => [name, toCheck(check)]),
    ),
    messageContains:
      contains === undefined ? [] : typeof contains === "string" ? [contains] : contains.contains,
    tells: expected.tells,
    place,
  };
}

function toCheck(check: string | { contains: string[] }): TextCheck {
  return typeof check === "string"
    ? { kind: "equals", text: check }
    : { kind: "contains", texts: check.contains };
}
