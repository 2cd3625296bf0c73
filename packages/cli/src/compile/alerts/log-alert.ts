import { formatDuration, LOKI_LABEL } from "@sightline/core";
import type { AlertSpec, LogSelector } from "../../spec/schema/alerts.ts";
import { parseWhen, type When } from "../../spec/when.ts";
import type { Condition } from "../model.ts";
import {
  type AlertForm,
  DEFAULT_EVERY_MILLIS,
  DEFAULT_LINES_EVERY_MILLIS,
  type FormScope,
  fixedLabels,
  isDownward,
  servicePart,
  usualEvery,
  words,
} from "./alert-form.ts";
import { countErrors } from "./error-queries.ts";
import { fieldName, namesOf } from "./label-names.ts";
import { checkLogSelector, checkWindow } from "./log-checks.ts";
import { FACT_LABELS, type LinesOf, lineFacts } from "./log-facts.ts";
import { cutSelection, type LogSelection, selectLines } from "./log-selection.ts";
import { describeLines, logsCommandParts, nounOf } from "./log-words.ts";
import { queryDuration } from "./query-duration.ts";

const DEFAULT_WINDOW_MILLIS = 300_000;
const DAY = "1d";
const { serviceName, deploymentEnvironmentName } = LOKI_LABEL;

/** Lines are counted in a window. */
export function logAlert(alert: AlertSpec & { log: LogSelector }, scope: FormScope): AlertForm {
  const { log } = alert;
  const when = alert.when ?? anyLine();
  checkLogSelector(alert, scope);
  checkWindow(when, alert, scope);
  const environment = log.environment ?? scope.environment;
  const selection = selectionOf(log, environment, scope);
  const windowMillis = when.windowMillis ?? DEFAULT_WINDOW_MILLIS;
  const window = queryDuration(windowMillis);
  const by = byOf(alert, when, scope);
  const lines: LinesOf = {
    selection,
    window,
    by,
    record: log.kind === "error" || log.kind === "crash" ? log.kind : "line",
  };
  const service = servicePart(log.service, by, serviceName);
  return {
    source: "loki",
    expression: {
      kind: "conditions",
      all: [{ ...thresholdOf(when, scope), query: countQuery(lines, when) }],
    },
    by,
    whenEmpty: "ok",
    labels: fixedLabels(log.service, environment, by),
    format: "count",
    summary: [
      { kind: "value", format: "count" },
      ...nounOf(log),
      words(` in ${formatDuration(windowMillis)}`),
      ...(service === undefined ? [] : [words(" in "), service]),
    ],
    description: describeLines(log, when, windowMillis),
    // Of too few lines the newest one says nothing.
    facts: isDownward(when) ? [] : lineFacts(lines),
    lines,
    command: logsCommandParts(log, service, windowMillis),
    everyMillis: usualEvery(
      // Who is quiet is found among those of the last day.
      isDownward(when) ? DEFAULT_EVERY_MILLIS : DEFAULT_LINES_EVERY_MILLIS,
      windowMillis,
      when.forMillis,
      alert.for,
    ),
    isTemplated: false,
  };
}

function anyLine(): When {
  const any = parseWhen("any in 5m");
  if (any.status === "ok") return any.when;
  throw new Error(any.message);
}

function selectionOf(
  log: LogSelector,
  environment: string | undefined,
  { report }: FormScope,
): LogSelection {
  if (log.query === undefined) return selectLines(log, environment);
  const cut = cutSelection(log.query);
  if (cut !== undefined) return cut;
  report(
    ["log", "query"],
    "log-query",
    `"query" selects no lines: expected a selector and filters, such as {service_name="api"} |= "text"`,
    `a whole expression with its condition goes into "logql" in place of "log" and "when"`,
  );
  return { stream: "{}", filters: "" };
}

/**
 * By service and environment, and by what the user says. Few lines have nothing to be divided by: a
 * service without a line has no series.
 */
function byOf(
  alert: AlertSpec & { log: LogSelector },
  when: When,
  { report }: FormScope,
): string[] {
  const given = namesOf(alert.by ?? [], fieldName);
  const reserved = given.filter((name) => FACT_LABELS.includes(name));
  for (const name of reserved) report(["by"], "reserved-label", `"${name}" is taken by messages`);
  if (isDownward(when) && alert.by === undefined) return [];
  if (alert.log.query !== undefined) return given;
  return [...new Set([...given, serviceName, deploymentEnvironmentName])].sort();
}

/** An empty answer is no zero: where few lines are what it is about, zeros are put in. */
function countQuery({ selection, window, by, record }: LinesOf, when: When): string {
  const { stream, filters } = selection;
  const count = (range: string): string => {
    const sum = by.length === 0 ? "sum" : `sum by (${by.join(", ")})`;
    const lines = `${stream}${filters}`;
    const counted =
      record === "error" ? countErrors(lines, range) : `count_over_time(${lines} [${range}])`;
    return `${sum} (${counted})`;
  };
  if (!isDownward(when)) return count(window);
  if (by.length === 0) return `${count(window)} or vector(0)`;
  // Whoever has sent such a line in the last day.
  return `${count(window)} or 0 * ${count(DAY)}`;
}

function thresholdOf(when: When, { report }: FormScope): Omit<Condition, "query"> {
  if (when.unit !== undefined) {
    report(
      ["when"],
      "unit",
      `lines are counted: "${when.amount}${when.unit}" is no number of lines`,
      'write for example "more than 5 in 10m"',
    );
  }
  return { comparison: when.comparison, amount: when.amount };
}
