import { ERROR_FIELD, formatDuration, LOKI_LABEL } from "@sightline/core";
import { UNPLANNED } from "../../dashboard/record-lines.ts";
import type { AlertSpec } from "../../spec/schema/alerts.ts";
import type { MessagePart } from "../model.ts";
import {
  type AlertForm,
  DEFAULT_EVERY_MILLIS,
  DEFAULT_LINES_EVERY_MILLIS,
  type FormScope,
  servicePart,
  usualEvery,
  words,
} from "./alert-form.ts";
import { newErrorQuery } from "./error-queries.ts";
import { fieldName, namesOf } from "./label-names.ts";
import { checkWindow, MAX_WINDOW_MILLIS } from "./log-checks.ts";
import { type LinesOf, lineFacts } from "./log-facts.ts";
import { streamOf } from "./log-selection.ts";
import { queryDuration } from "./query-duration.ts";

const { serviceName, deploymentEnvironmentName } = LOKI_LABEL;
const SERVICE = [deploymentEnvironmentName, serviceName];
const DEFAULT_WINDOW_MILLIS = 300_000;
const DEFAULT_UNSEEN_MILLIS = 7 * 86_400_000;

/** Deaths that nobody asked for. */
export function crashAlert(
  alert: AlertSpec & { crash: NonNullable<AlertSpec["crash"]> },
  scope: FormScope,
): AlertForm {
  const { crash, when } = alert;
  const windowMillis = windowOf(alert, scope);
  const by = [...new Set([...SERVICE, ...namesOf(alert.by ?? [], fieldName)])].sort();
  const stream = streamOf({
    service: crash.service,
    environment: scope.environment,
    kind: "crash",
  });
  const selection = { stream, filters: ` | ${UNPLANNED}` };
  const lines: LinesOf = { selection, window: queryDuration(windowMillis), by, record: "crash" };
  const service = servicePart(crash.service, by, serviceName) ?? words("a service");
  return {
    ...recordForm(alert, lines, windowMillis),
    expression: {
      kind: "conditions",
      all: [
        {
          query: `sum by (${by.join(", ")}) (count_over_time(${stream}${selection.filters} [${lines.window}]))`,
          comparison: when?.comparison ?? "above",
          amount: when?.amount ?? "0",
        },
      ],
    },
    summary: [service, words(" died ("), { kind: "fact", name: "template" }, words(")")],
    description: [
      service,
      words(" died without being asked to: "),
      { kind: "fact", name: "template" },
      words(". Its last words: "),
      { kind: "fact", name: "line" },
    ],
    command: [words("sightline crashes "), { kind: "shell-word", parts: [service] }],
  };
}

/**
 * Errors whose fingerprint did not come before. The alert is over when the error is older than the
 * window: then it is known. Only compact error records are read, no lines.
 */
export function newErrorAlert(
  alert: AlertSpec & { new_error: NonNullable<AlertSpec["new_error"]> },
  scope: FormScope,
): AlertForm {
  const { new_error: error } = alert;
  const windowMillis = windowOf(alert, scope);
  const by = [
    ...new Set([...SERVICE, ERROR_FIELD.fp, ...namesOf(alert.by ?? [], fieldName)]),
  ].sort();
  const stream = streamOf({
    service: error.service,
    environment: scope.environment,
    kind: "error",
  });
  const selection = { stream, filters: ` | ${ERROR_FIELD.fp}!=""` };
  const window = queryDuration(windowMillis);
  const lines: LinesOf = { selection, window, by, record: "error" };
  const unseenMillis = error.unseen_for ?? DEFAULT_UNSEEN_MILLIS;
  if (unseenMillis > MAX_WINDOW_MILLIS) {
    scope.report(
      ["new_error", "unseen_for"],
      "window-too-long",
      `"unseen_for: ${formatDuration(unseenMillis)}" is longer than Loki looks back in one query, which is 30d`,
    );
  }
  if (unseenMillis <= windowMillis) {
    scope.report(
      ["new_error", "unseen_for"],
      "window-too-short",
      `"unseen_for: ${formatDuration(unseenMillis)}" is not longer than the window of ${formatDuration(windowMillis)}: every error would be new`,
    );
  }
  const query = newErrorQuery({
    records: `${stream}${selection.filters}`,
    by,
    window,
    unseen: queryDuration(unseenMillis),
  });
  const service = servicePart(error.service, by, serviceName) ?? words("a service");
  return {
    ...recordForm(alert, lines, windowMillis),
    expression: {
      kind: "conditions",
      all: [
        {
          query,
          comparison: "above",
          amount: "0",
        },
      ],
    },
    summary: [{ kind: "fact", name: "template" }, words(" in "), service],
    description: [
      words(`This error did not come in the last ${formatDuration(unseenMillis)}. Newest: `),
      { kind: "fact", name: "line" },
    ],
    // It looks back a week, at every look.
    everyMillis: usualEvery(DEFAULT_EVERY_MILLIS, windowMillis, alert.when?.forMillis, alert.for),
    command: [
      words("sightline logs "),
      { kind: "shell-word", parts: [service] },
      words(" --severity error --since 1h"),
    ],
  };
}

function recordForm(
  alert: AlertSpec,
  lines: LinesOf,
  windowMillis: number,
): Omit<AlertForm, "expression" | "summary" | "description"> & {
  readonly command: readonly MessagePart[] | undefined;
} {
  return {
    source: "loki",
    by: lines.by,
    whenEmpty: "ok",
    labels: {},
    format: "count",
    facts: lineFacts(lines),
    lines,
    command: undefined,
    everyMillis: usualEvery(
      DEFAULT_LINES_EVERY_MILLIS,
      windowMillis,
      alert.when?.forMillis,
      alert.for,
    ),
    isTemplated: false,
  };
}

function windowOf(alert: AlertSpec, { report }: Pick<FormScope, "report">): number {
  const { when } = alert;
  if (when !== undefined) checkWindow(when, alert, { report });
  const isCrash = alert.crash !== undefined;
  if (when !== undefined && (when.unit !== undefined || when.windowMillis === undefined)) {
    report(
      ["when"],
      "when-of-records",
      `"${when.text}": expected how many in which time`,
      'write for example "any in 5m", or leave it out',
    );
  } else if (
    when !== undefined &&
    !isCrash &&
    (when.comparison !== "above" || when.amount !== "0")
  ) {
    report(
      ["when"],
      "when-of-records",
      `"${when.text}": a new error is told of when it comes the first time`,
      'write "any in 10m", or leave it out',
    );
  } else if (when !== undefined && (when.comparison === "below" || when.comparison === "at-most")) {
    report(
      ["when"],
      "when-of-records",
      `"${when.text}": too few crashes are nothing to alert on`,
      'write for example "more than 2 in 10m"',
    );
  }
  return when?.windowMillis ?? DEFAULT_WINDOW_MILLIS;
}
