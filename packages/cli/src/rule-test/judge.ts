import {
  type AlertInstance,
  type AlertState,
  type Expectation,
  type Output,
  type OutputRun,
  type TestCase,
  tickAt,
} from "./case.ts";
import { containsLabels } from "./grafana/values.ts";

/** One thing that is not as expected. */
export interface Mismatch {
  readonly expectation: Expectation;
  /** Outputs that this is so in. */
  readonly outputs: readonly Output[];
  /** One line: what was expected and what came. */
  readonly message: string;
}

/** Whom an alert with these labels would reach at a time (Unix milliseconds). */
export type TellsOf = (labels: AlertInstance["labels"], atMillis: number) => readonly string[];

/** As Prometheus sends it (rules/alerting.go). */
const BROKEN_TEMPLATE = "<error expanding template: ";

const NAME: Readonly<Record<Output, string>> = {
  prometheus: "Prometheus",
  loki: "Loki",
  grafana: "Grafana",
};

export function outputName(output: Output): string {
  return NAME[output];
}

/** Compares what every output did with what is expected; equal faults of several are one. */
export function judgeCase(
  test: TestCase,
  runs: readonly OutputRun[],
  tellsOf: TellsOf,
): readonly Mismatch[] {
  const ran = runs.filter((run) => run.status === "ran");
  return test.expect.flatMap((expectation) => {
    const byMessage = new Map<string, Output[]>();
    for (const run of ran) {
      const alerts = tickAt(run.ticks, expectation.atMillis)?.alerts ?? [];
      for (const message of judge(expectation, alerts, test, tellsOf)) {
        byMessage.set(message, [...(byMessage.get(message) ?? []), run.output]);
      }
    }
    return [...byMessage].map(([message, outputs]) => ({
      expectation,
      outputs,
      message: withDisagreement(message, outputs, expectation, ran),
    }));
  });
}

type Ran = Extract<OutputRun, { status: "ran" }>;

/** Where only some outputs are wrong, that is the news: the alert is two different ones. */
function withDisagreement(
  message: string,
  outputs: readonly Output[],
  { atMillis, labels }: Expectation,
  ran: readonly Ran[],
): string {
  if (outputs.length === ran.length) {
    return ran.length > 1 ? `${message}, in ${outputs.map(outputName).join(" and ")}` : message;
  }
  const states = ran.map((run) => {
    const alerts = tickAt(run.ticks, atMillis)?.alerts ?? [];
    return `${stateOf(matching(alerts, labels))} in ${outputName(run.output)}`;
  });
  const others = ran.map(({ output }) => output).filter((output) => !outputs.includes(output));
  const isState = new Set(states.map((text) => text.split(" in ")[0])).size > 1;
  return isState
    ? `${message}: ${states.join(", ")}`
    : `${message}, in ${outputs.map(outputName).join(" and ")} and not in ${others.map(outputName).join(" and ")}`;
}

function matching(
  alerts: readonly AlertInstance[],
  labels: AlertInstance["labels"],
): readonly AlertInstance[] {
  return alerts.filter((alert) => containsLabels(alert.labels, labels));
}

/** Loudest first: several alerts of one rule are firing if one of them is. */
const LOUDNESS: readonly AlertState[] = ["firing", "error", "no data", "pending", "normal"];

export function stateOf(alerts: readonly AlertInstance[]): AlertState {
  return LOUDNESS.find((state) => alerts.some((alert) => alert.state === state)) ?? "normal";
}

function judge(
  expected: Expectation,
  alerts: readonly AlertInstance[],
  test: TestCase,
  tellsOf: TellsOf,
): readonly string[] {
  const own = matching(alerts, expected.labels);
  const state = stateOf(own);
  if (state !== expected.state) {
    const isElsewhere = own.length === 0 && alerts.length > 0 && expected.state !== "normal";
    const others = isElsewhere ? `; alerts there: ${alerts.map(describeAlert).join(" ")}` : "";
    return [`expected ${expected.state}, was ${state}${others}`];
  }
  const inState = own.filter((alert) => alert.state === state);
  const faults: string[] = [];
  if (expected.count !== undefined && inState.length !== expected.count) {
    const list = inState.map(describeAlert).join(" ");
    faults.push(`expected ${expected.count} ${state}, were ${inState.length}: ${list}`);
  }
  faults.push(...findBrokenTemplates(inState));
  faults.push(...judgeMessage(expected, inState));
  faults.push(...judgeTells(expected, inState, test, tellsOf));
  return faults;
}

function describeAlert({ state, labels }: AlertInstance): string {
  const { alertname: _, ...own } = labels;
  const text = Object.entries(own).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${state === "firing" ? "" : `${state} `}{${text.join(", ")}}`;
}

/** A message that cannot be made is wrong whether anybody asked for it or not. */
function findBrokenTemplates(alerts: readonly AlertInstance[]): readonly string[] {
  const broken = alerts.flatMap(({ annotations }) =>
    Object.entries(annotations ?? {}).filter(([, text]) => text.includes(BROKEN_TEMPLATE)),
  );
  return [...new Set(broken.map(([name, text]) => `${name} cannot be made: ${text}`))];
}

/** Of several alerts in this state, one must say it. */
function judgeMessage(expected: Expectation, alerts: readonly AlertInstance[]): readonly string[] {
  const faults: string[] = [];
  for (const [name, check] of Object.entries(expected.message)) {
    const texts = alerts.map(({ annotations }) => annotations?.[name]);
    // That is told already.
    if (texts.some((text) => text?.includes(BROKEN_TEMPLATE))) continue;
    if (check.kind === "equals") {
      if (texts.includes(check.text)) continue;
      faults.push(`${name}: expected ${quote(check.text)}, was ${list(texts, alerts)}`);
      continue;
    }
    const missing = check.texts.filter((part) => !texts.some((text) => text?.includes(part)));
    if (missing.length === 0) continue;
    const wanted = missing.map(quote).join(" and ");
    faults.push(`${name}: expected ${wanted} in it, was ${list(texts, alerts)}`);
  }
  const all = alerts.map(({ annotations }) => Object.values(annotations ?? {}).join("\n"));
  for (const part of expected.messageContains) {
    if (all.some((text) => text.includes(part))) continue;
    const names = [...new Set(alerts.flatMap(({ annotations }) => Object.keys(annotations ?? {})))];
    const summary = alerts[0]?.annotations?.["summary"];
    faults.push(
      `no part of the message has ${quote(part)}; its parts are ${names.join(", ")}${summary === undefined ? "" : `; the summary is ${quote(summary)}`}`,
    );
  }
  return faults;
}

function list(texts: readonly (string | undefined)[], alerts: readonly AlertInstance[]): string {
  if (texts.every((text) => text === undefined)) {
    const names = new Set(alerts.flatMap(({ annotations }) => Object.keys(annotations ?? {})));
    return `not there (there are ${[...names].join(", ") || "none"})`;
  }
  return [...new Set(texts)]
    .map((text) => (text === undefined ? "missing" : quote(text)))
    .join(", ");
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function judgeTells(
  { tells, atMillis }: Expectation,
  alerts: readonly AlertInstance[],
  { startMillis }: TestCase,
  tellsOf: TellsOf,
): readonly string[] {
  if (tells === undefined) return [];
  const told = [
    ...new Set(alerts.flatMap(({ labels }) => tellsOf(labels, startMillis + atMillis))),
  ].toSorted();
  const wanted = [...new Set(tells)].toSorted();
  if (JSON.stringify(told) === JSON.stringify(wanted)) return [];
  return [
    `expected to tell ${wanted.join(", ") || "nobody"}, tells ${told.join(", ") || "nobody"}`,
  ];
}
