import { formatDuration } from "@sightline/core";
import type { AlertSpec, LogSelector } from "../../spec/schema/alerts.ts";
import type { When } from "../../spec/when.ts";
import type { FormScope } from "./alert-form.ts";

/** `max_query_length` of Loki on stock limits is 30d1h. */
export const MAX_WINDOW_MILLIS = 30 * 86_400_000;

export function checkLogSelector(
  alert: AlertSpec & { log: LogSelector },
  { report }: FormScope,
): void {
  const { log } = alert;
  const others = Object.keys(log).filter((key) => key !== "query");
  if (log.query !== undefined && others.length > 0) {
    report(
      ["log", others[0] as string],
      "one-way-of-selecting",
      `"query" selects the lines, so that ${others.map((key) => `"${key}"`).join(", ")} would not count`,
      `write it into the query, or leave "query" out`,
    );
  }
  if (Object.keys(log).length === 0) {
    report(
      ["log"],
      "no-selection",
      "every line of every service would be counted",
      `add for example "service" or "contains"`,
    );
  }
}

export function checkWindow(
  when: When,
  alert: AlertSpec,
  { report }: Pick<FormScope, "report">,
): void {
  const { windowMillis } = when;
  if (windowMillis === undefined) return;
  if (windowMillis > MAX_WINDOW_MILLIS) {
    report(
      ["when"],
      "window-too-long",
      `the window "in ${formatDuration(windowMillis)}" is longer than Loki looks back in one query, which is 30d`,
      "count in a shorter window",
    );
  }
  if (alert.every !== undefined && windowMillis < alert.every) {
    report(
      ["when"],
      "window-shorter-than-every",
      `the window "in ${formatDuration(windowMillis)}" is shorter than "every: ${formatDuration(alert.every)}": lines between two looks would not be seen`,
      `look more often, or count in a window of at least ${formatDuration(alert.every)}`,
    );
  }
}
