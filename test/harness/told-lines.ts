import type { TestCase, TestLine } from "../../packages/cli/src/rule-test/case.ts";

/** Lines of the last five minutes on which the alerts {@link TOLD_ALERTS} of fixtures/rule-tests fire. */
export const TOLD_ALERTS = [
  "Payments fail",
  "Any fatal line",
  "Login attacks",
  "Whole LogQL",
  "API crashed",
] as const;

export const TOLD_MILLIS = 300_000;

const STREAM = {
  service_name: "api",
  deployment_environment_name: "production",
  host_name: "vm1",
  kind: "log",
};

/** With what a message must not choke on: quotes, templates, HTML, other letters. */
const NASTY = 'payment failed: "quoted" {{ $x }} <b>&amp; é login failed for bob panic timeout';

export function toldLines(): readonly TestLine[] {
  const metadata = {
    user_hash: "u1",
    service_version: "1.4.2",
    severity_number: "21",
    severity_text: "FATAL",
    client: "10.0.0.1",
  };
  return [
    { atMillis: 60_000, text: "payment failed: card expired", stream: STREAM, metadata: {} },
    ...Array.from({ length: 12 }, (_, index) => ({
      atMillis: 90_000 + index * 5_000,
      text: NASTY,
      stream: STREAM,
      metadata,
    })),
    {
      atMillis: 200_000,
      text: "died",
      stream: { ...STREAM, kind: "crash" },
      metadata: { source: "agent", verdict: "killed", exit_code: "137" },
    },
  ];
}

/** A case that asks what an alert tells at the end of these lines. */
export function toldCase(
  alert: string,
  startMillis: number,
  more: Partial<TestCase> = {},
): TestCase {
  const place = { file: "", line: 1, column: 1, path: "" };
  return {
    name: alert,
    alert,
    startMillis,
    lines: toldLines(),
    series: [],
    expect: [
      {
        atMillis: TOLD_MILLIS,
        state: "firing",
        labels: {},
        count: undefined,
        message: {},
        messageContains: [],
        tells: undefined,
        place,
      },
    ],
    place,
    ...more,
  };
}
