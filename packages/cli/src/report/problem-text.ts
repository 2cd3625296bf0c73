import { ATTRIBUTE } from "@sightline/core";
import { UNRESOLVED_REASONS, type UnresolvedReason } from "@sightline/source-maps";
import type { TrailStep } from "../errors/parse-trail.ts";
import type { Problem } from "../errors/problem.ts";
import type { LateStack } from "../errors/resolve-late.ts";
import type { LogEntry } from "../query/loki.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import { indent } from "./crash-text.ts";
import { formatLocalTime } from "./local-time.ts";
import { formatEntry } from "./log-line.ts";
import { type Painter, renderTable } from "./style.ts";

export interface ProblemReport {
  readonly problem: Problem;
  /** Undefined where no line of it is kept any more. */
  readonly newest:
    | {
        readonly entry: LogEntry;
        readonly stack: LateStack;
        readonly trail: readonly TrailStep[];
        readonly traceLines: readonly LogEntry[];
      }
    | undefined;
}

type Newest = NonNullable<ProblemReport["newest"]>;

/** One problem for people: whom it hits, where it is in the source, what led to it. */
export function renderProblem({ problem, newest }: ProblemReport, paint: Painter): string {
  const style = problem.unhandledTimes > 0 ? "red" : "yellow";
  const parts = [
    paint("bold", paint(style, cleanLine(problem.template))),
    renderTable(factsOf(problem).map(([name, value]) => [paint("dim", name), value])),
  ];
  if (newest === undefined) {
    parts.push(paint("dim", "  no line of it is kept any more; the counts are of its records"));
  } else {
    parts.push(renderNewest(newest, paint), ...renderReasons(newest.stack, paint));
    if (newest.trail.length > 0) parts.push(renderTrail(newest.trail, paint));
    if (newest.traceLines.length > 1) parts.push(renderTrace(newest, paint));
  }
  return `${parts.join("\n\n")}\n`;
}

function factsOf(problem: Problem): [string, string][] {
  const { users, visitors, times, unhandledTimes, releases } = problem;
  const people = [
    users > 0 ? plural(users, "user", "users") : "",
    visitors > 0 ? plural(visitors, "browser", "browsers") : "",
  ].filter(Boolean);
  const caught = unhandledTimes === 0 ? "all caught" : `${unhandledTimes} uncaught`;
  const ofReleases = releases.map(({ release, times: count }) => `${release} (${count})`);
  return [
    ["id", problem.fp],
    ["service", cleanLine(problem.service)],
    ["hit", people.join(", ") || "nobody is known by name"],
    ["times", `${times}, ${caught}`],
    ["first", formatLocalTime(problem.firstMillis)],
    ["last", formatLocalTime(problem.lastMillis)],
    ["releases", cleanLine(ofReleases.join(", ")) || "none is named"],
  ];
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function renderNewest({ entry, stack }: Newest, paint: Painter): string {
  const field = (attribute: string): string =>
    cleanLine(entry.fields[attribute.replaceAll(".", "_")] ?? "");
  const browser = [field(ATTRIBUTE.userAgentName), field(ATTRIBUTE.userAgentVersion)];
  const place = [
    formatLocalTime(Number(BigInt(entry.timeNanos) / 1_000_000n)),
    field(ATTRIBUTE.browserRoute),
    browser.filter(Boolean).join(" "),
    field(ATTRIBUTE.userAgentOsName),
  ].filter(Boolean);
  return `${paint("dim", `  the newest: ${place.join(", ")}`)}\n${indent(cleanText(stack.text))}`;
}

function renderReasons({ resolvedFrames, reasons }: LateStack, paint: Painter): string[] {
  const lines = [...reasons].map(
    ([reason, count]: [UnresolvedReason, number]) =>
      `  ${plural(count, "frame stays as it came", "frames stay as they came")}: ${UNRESOLVED_REASONS[reason]}`,
  );
  if (resolvedFrames > 0) {
    const were = plural(resolvedFrames, "frame was", "frames were");
    lines.push(`  ${were} resolved just now: the source map came after the error`);
  }
  return lines.length === 0 ? [] : [paint("dim", lines.join("\n"))];
}

function renderTrail(trail: readonly TrailStep[], paint: Painter): string {
  const rows = trail.map(({ at, kind, text }) => [
    paint("dim", formatLocalTime(at).slice(11)),
    cleanLine(kind),
    cleanLine(text),
  ]);
  return `${paint("dim", "  before it")}\n${renderTable(rows)}`;
}

function renderTrace({ traceLines }: Newest, paint: Painter): string {
  const shape = { paint, showService: true, showFields: false };
  const lines = traceLines.map((line) => formatEntry(firstLineOf(line), shape));
  return `${paint("dim", "  lines of the same trace, all services")}\n${indent(lines.join("\n"))}`;
}

/** The stack stands above. */
function firstLineOf(entry: LogEntry): LogEntry {
  return { ...entry, line: entry.line.split("\n")[0] ?? "" };
}
