import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import { repositoryRoot } from "../test/harness/stack.ts";
import { cleanUpOnEveryExit, wasInterrupted } from "./at-exit.ts";
import { replaceMarked } from "./docs.ts";
import { readMachine } from "./machine.ts";
import { type Options, type PartFacts, parseOptions } from "./options.ts";
import type { RunPart } from "./part.ts";
import { isMet, type Report, renderMarkdown, renderText, type Section } from "./report.ts";

export interface Benchmark {
  /** Its folder, its name on the command line, and in the markers of docs/benchmarks.md. */
  readonly name: string;
  /** What `--quick` does. */
  readonly quick: string;
  /** In the order in which they run. */
  readonly parts: Readonly<Record<string, PartFacts & { readonly run: RunPart }>>;
}

/** Reads the arguments, runs the parts, prints and writes what they found; the exit code. */
export async function runBenchmark(benchmark: Benchmark, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, benchmark.parts);
  if (parsed.status === "help") {
    process.stdout.write(help(benchmark));
    return EXIT.ok;
  }
  if (parsed.status === "wrong") {
    process.stderr.write(`sightline: ${parsed.reason}\n\n${help(benchmark)}`);
    return EXIT.usage;
  }
  cleanUpOnEveryExit(EXIT.interrupted);
  const report = await runParts(benchmark, parsed.options, args);
  const { isJson, writesDocs } = parsed.options;
  process.stdout.write(isJson ? `${JSON.stringify(report, null, 2)}\n` : renderText(report));
  if (writesDocs && report.sections.length > 0) writeDocs(report);
  const isFine =
    report.failures.length === 0 && report.sections.every(({ targets }) => targets.every(isMet));
  return isFine ? EXIT.ok : EXIT.failure;
}

function help({ name, quick, parts }: Benchmark): string {
  const rows = Object.entries(parts);
  const width = Math.max(...rows.map(([part]) => part.length)) + 1;
  const list = rows.map(([part, { about }]) => `  ${part.padEnd(width)}${about}\n`);
  const long = rows
    .filter(([, { isLong }]) => isLong)
    .map(([part]) => `  --${part.padEnd(12)} the same as --part ${part}\n`);
  return `usage: npm run bench -- ${name} [options]

  --quick        ${quick}
  --part <name>  only this part; may be repeated
${long.join("")}  --json         the result as JSON on stdout instead of tables
  --write        also put the tables into docs/benchmarks.md

parts
${list.join("")}`;
}

async function runParts(
  { name, parts }: Benchmark,
  options: Options<string>,
  args: readonly string[],
): Promise<Report> {
  const machine = readMachine(repositoryRoot);
  if (machine.isBusy) {
    note(
      `! load average is ${machine.load.toFixed(1)} before the start: others use this machine, so the figures are provisional`,
    );
  }
  const startedAt = new Date().toISOString();
  const sections: Section[] = [];
  const failures: { part: string; reason: string }[] = [];
  for (const part of options.parts) {
    try {
      const section = await parts[part]?.run({
        root: repositoryRoot,
        isQuick: options.isQuick,
        note,
      });
      if (section) sections.push(section);
    } catch (error) {
      if (wasInterrupted()) await new Promise(() => {});
      failures.push({ part, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const command = ["npm run bench --", name, ...args.filter((arg) => arg !== "--write")].join(" ");
  return {
    benchmark: name,
    command,
    isQuick: options.isQuick,
    startedAt,
    machine,
    sections,
    failures,
  };
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function writeDocs(report: Report): void {
  const path = join(repositoryRoot, "docs/benchmarks.md");
  const text = report.sections.reduce(
    (before, section) =>
      replaceMarked(
        before,
        `bench:${report.benchmark}:${section.part}`,
        renderMarkdown(report, section),
      ),
    readFileSync(path, "utf8"),
  );
  writeFileSync(path, text);
  note(`wrote ${report.sections.map(({ part }) => part).join(", ")} to docs/benchmarks.md`);
}
