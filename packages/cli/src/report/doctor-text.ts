import { formatDuration } from "@sightline/core";
import type { CheckReport } from "../doctor/check.ts";
import { cleanLine } from "./clean-text.ts";
import type { Painter } from "./style.ts";

const MARKS = { ok: "✓", failed: "✗", warning: "!", skipped: "–" } as const;
const COLOURS = { ok: "green", failed: "red", warning: "yellow", skipped: "dim" } as const;
const MAX_REASON_LENGTH = 600;

export function renderCheck(report: CheckReport, paint: Painter): string {
  const mark = paint(COLOURS[report.status], MARKS[report.status]);
  switch (report.status) {
    case "ok":
      return `  ${mark} ${report.title}${report.detail ? paint("dim", `   ${cleanLine(report.detail)}`) : ""}`;
    case "skipped":
      return `  ${mark} ${paint("dim", `${report.title}   ${report.reason}`)}`;
    default:
      return [
        `  ${mark} ${report.title}`,
        `      ${cleanLine(report.reason).slice(0, MAX_REASON_LENGTH)}`,
        `      ${paint("cyan", "→")} ${report.fix}`,
      ].join("\n");
  }
}

export function renderVerdict(
  reports: readonly CheckReport[],
  elapsedMillis: number,
  paint: Painter,
): string {
  const count = (status: CheckReport["status"]): number =>
    reports.filter((report) => report.status === status).length;
  const parts = [
    `${count("ok")} of ${reports.length} well`,
    count("failed") > 0 ? `${count("failed")} broken` : "",
    count("warning") > 0 ? `${count("warning")} to look at` : "",
    count("skipped") > 0 ? `${count("skipped")} not looked at` : "",
  ].filter(Boolean);
  const colour = count("failed") > 0 ? "red" : count("warning") > 0 ? "yellow" : "green";
  return `\n${paint(colour, parts.join(", "))}${paint("dim", `   in ${formatDuration(elapsedMillis)}`)}\n`;
}
