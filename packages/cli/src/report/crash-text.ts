import type { CrashLine } from "@sightline/core";
import type { LinesBefore } from "../crashes/lines-before.ts";
import type { StoredCrash } from "../crashes/stored-crash.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import { formatUptime, styleOf, wordsOf } from "./crash-list.ts";
import { formatLocalTime } from "./local-time.ts";
import { formatEntry } from "./log-line.ts";
import { type Painter, renderTable } from "./style.ts";

export interface CrashReport {
  readonly crash: StoredCrash;
  /** The record's body without its lines. */
  readonly summary: string;
  readonly before: LinesBefore;
  /** What the process itself said of the same death, where both reported it. */
  readonly ofProcess: string | undefined;
}

const LINES_TITLE: Readonly<Record<LinesBefore["from"], string>> = {
  record: "last lines",
  container: "last lines, from Loki",
  service: "lines of the service before it, from Loki (none names the container)",
};

/** One death for people: how, the facts, what it says of itself, the lines before it. */
export function renderCrash(
  { crash, summary, before, ofProcess }: CrashReport,
  paint: Painter,
): string {
  const [title = "", ...rest] = cleanText(summary).split("\n");
  const parts = [
    paint("bold", paint(styleOf(crash), isOurs(crash, title) ? title : titleOf(crash))),
    renderTable(factsOf(crash, summary).map(([name, value]) => [paint("dim", name), value])),
  ];
  const text = (isOurs(crash, title) ? rest : [title, ...rest]).join("\n").trim();
  if (text !== "") parts.push(indent(text));
  if (ofProcess)
    parts.push(`${paint("dim", "  the process itself said")}\n${indent(cleanText(ofProcess))}`);
  parts.push(renderLines(before, paint));
  return `${parts.join("\n\n")}\n`;
}

function isOurs({ service }: StoredCrash, title: string): boolean {
  return title.startsWith(`${cleanLine(service)} `);
}

function titleOf(crash: StoredCrash): string {
  const run = crash.run === undefined ? "" : `run ${crash.run}, `;
  return `${cleanLine(crash.service)}: ${wordsOf(crash)} (${run}after ${formatUptime(crash)})`;
}

function factsOf(crash: StoredCrash, summary: string): [string, string][] {
  const { containerName, containerId, exitCode, evidence } = crash;
  const container = [containerName, containerId?.slice(0, 12)].filter(Boolean).join(", ");
  const facts: [string, string | undefined][] = [
    ["when", formatLocalTime(crash.diedAt)],
    ["crash id", crash.crashId],
    ["exit code", exitCode === undefined ? undefined : String(exitCode)],
    ["host", crash.host],
    ["container", container],
    ["release", crash.release],
    ["reported by", crash.source],
    // The agent's text has it; that of others may not.
    ["evidence", evidence !== undefined && summary.includes(evidence) ? undefined : evidence],
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, cleanLine(value)]] : []));
}

function renderLines(before: LinesBefore, paint: Painter): string {
  if (before.lines.length === 0) return paint("dim", "  no line before it is kept");
  const title = paint("dim", `  ${LINES_TITLE[before.from]} (${before.lines.length})`);
  const lines =
    before.from === "record"
      ? before.lines.map((line) => formatLine(line, paint))
      : before.lines.map((entry) =>
          formatEntry(entry, { paint, showService: false, showFields: false }),
        );
  return [title, ...lines].join("\n");
}

export function formatLine({ time, stream, text }: CrashLine, paint: Painter): string {
  const tag = stream === "stderr" ? paint("red", "stderr") : paint("green", "stdout");
  return `${paint("dim", formatLocalTime(Date.parse(time)))} ${tag} ${cleanText(text)}`;
}

export function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}
