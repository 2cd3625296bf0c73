import { formatDuration } from "@sightline/core";
import type { Context } from "../context.ts";
import type { AlertSummary, FiringAlert } from "../live/stack/alert-summary.ts";
import { cleanLine } from "./clean-text.ts";
import { type Painter, renderTable } from "./style.ts";

const MAX_SHOWN = 10;

/** How many alerts watch, which of them fire, and what to do where nobody is told. */
export function renderAlerts(
  { paint, self }: Pick<Context, "paint" | "self">,
  alerts: AlertSummary | undefined,
  nowUnixMillis: number,
): string[] {
  if (alerts === undefined) return [];
  const { rules, firing, contacts } = alerts;
  const count = `${rules} alert ${rules === 1 ? "rule watches" : "rules watch"}`;
  const state = firing.length === 0 ? "none fires" : paint("yellow", `${firing.length} firing`);
  const shown = firing.slice(0, MAX_SHOWN).map((alert) => toRow(alert, paint, nowUnixMillis));
  const rest = firing.length - shown.length;
  return [
    `  ${count}, ${state}`,
    ...(shown.length > 0 ? [renderTable(shown, 4)] : []),
    ...(rest > 0 ? [paint("dim", `    and ${rest} more; --json shows all`)] : []),
    ...(contacts === 0 ? [nobodyIsTold(self, paint)] : []),
  ];
}

function toRow(alert: FiringAlert, paint: Painter, nowUnixMillis: number): string[] {
  const where = [alert.service, alert.host].filter((text) => text !== undefined).join(" on ");
  const isCritical = alert.severity === "critical";
  return [
    paint(isCritical ? "red" : "yellow", cleanLine(alert.name)),
    cleanLine(where),
    alert.severity,
    `for ${formatDuration(Math.max(0, nowUnixMillis - alert.sinceUnixMillis))}`,
  ];
}

function nobodyIsTold(self: string, paint: Painter): string {
  const how = paint("cyan", `${self} init`);
  const then = paint("cyan", `${self} apply`);
  return `  nobody is told of them yet: ${how} writes sightline.yaml; name a contact in it, then ${then}`;
}
