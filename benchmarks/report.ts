import type { Machine } from "./machine.ts";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure with a limit that it must stay under. */
export interface Target {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
}

/** What one part of a benchmark found. */
export interface Section {
  readonly part: string;
  readonly title: string;
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  readonly notes: readonly string[];
  /** The same with every digit, for programs. */
  readonly data: unknown;
}

export interface Report {
  readonly benchmark: string;
  readonly command: string;
  readonly isQuick: boolean;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly sections: readonly Section[];
  readonly failures: readonly { readonly part: string; readonly reason: string }[];
}

export function isMet({ value, limit }: Target): boolean {
  return value <= limit;
}

export function describeRun(report: Report): string {
  const { machine } = report;
  const commit = `commit ${machine.commit}${machine.isDirty ? " with uncommitted changes" : ""}`;
  return `${report.startedAt.slice(0, 10)}, \`${report.command}\`, ${commit}; ${machine.cores} cores (${machine.cpu}), ${machine.memory}, ${machine.system}, Node ${machine.node}; load average ${machine.load.toFixed(1)} at the start${machine.isBusy ? ": **the machine was busy, so this is provisional**" : ""}.`;
}

export function renderText(report: Report): string {
  const parts = report.sections.map((section) =>
    [
      `\n${section.title}`,
      ...section.tables.map(textTable),
      ...section.targets.map((target) => `  ${targetLine(target)}`),
      ...section.notes.map((note) => `  ${note}`),
    ].join("\n"),
  );
  const failures = report.failures.map(({ part, reason }) => `\n✗ ${part} failed: ${reason}`);
  return `${[describeRun(report).replaceAll("*", ""), ...parts, ...failures].join("\n")}\n`;
}

export function renderMarkdown(report: Report, section: Section): string {
  const blocks = [
    `Measured ${describeRun(report)}`,
    ...section.tables.map(markdownTable),
    ...section.targets.map((target) => targetLine(target)),
    ...section.notes,
  ];
  return blocks.join("\n\n");
}

function targetLine(target: Target): string {
  const mark = isMet(target) ? "✓" : "✗";
  return `${mark} ${target.name}: ${formatFigure(target.value)} ${target.unit}, target at most ${target.limit} ${target.unit}`;
}

/** Three digits say all that these figures can carry. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return "?";
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

function textTable({ columns, rows }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .map((cell, index) =>
        index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join("  ")}`.trimEnd();
  return `${[line(columns), ...rows.map(line)].join("\n")}\n`;
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(columns), line(rule), ...rows.map(line)].join("\n");
}
