// memory and processor when idle, line → readable, disk per 100,000 lines, time of `npm run up`
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import { repositoryRoot } from "../../test/harness/stack.ts";
import { cleanUpOnEveryExit, wasInterrupted } from "../at-exit.ts";
import { replaceMarked } from "../docs.ts";
import { readMachine } from "../machine.ts";
import { type Options, type PartFacts, parseOptions } from "../options.ts";
import { isMet, type Report, renderMarkdown, renderText, type Section } from "../report.ts";
import { measureCold } from "./cold.ts";
import { measureDisk } from "./disk.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import type { RunPart } from "./part.ts";
import { measureUpTime } from "./up-time.ts";

const NAME = "stack";

/** In the order in which they run: what needs a quiet machine most comes first. */
const PARTS = {
  memory: { about: "resident memory and processor of the idle servers", run: measureMemory },
  latency: { about: "line printed → line readable, beside winston-loki", run: measureLatency },
  disk: { about: "disk per 100,000 lines", run: measureDisk },
  "up-time": { about: "`npm run up` where everything is built", run: measureUpTime },
  cold: {
    about: "`npm run up` from a fresh clone with empty caches; 10 to 20 minutes",
    run: measureCold,
    isLong: true,
  },
} as const satisfies Record<string, PartFacts & { run: RunPart }>;

type Part = keyof typeof PARTS;

function help(): string {
  const parts = Object.entries(PARTS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}\n`);
  return `usage: npm run bench -- ${NAME} [options]

  --quick        shorter windows, fewer lines, nothing cold
  --part <name>  only this part; may be repeated
  --cold         the same as --part cold
  --json         the result as JSON on stdout instead of tables
  --write        also put the tables into docs/benchmarks.md

parts
${parts.join("")}`;
}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, PARTS);
  if (parsed.status === "help") {
    process.stdout.write(help());
    return EXIT.ok;
  }
  if (parsed.status === "wrong") {
    process.stderr.write(`sightline: ${parsed.reason}\n\n${help()}`);
    return EXIT.usage;
  }
  cleanUpOnEveryExit(EXIT.interrupted);
  const report = await runParts(parsed.options, args);
  const { isJson, writesDocs } = parsed.options;
  process.stdout.write(isJson ? `${JSON.stringify(report, null, 2)}\n` : renderText(report));
  if (writesDocs && report.sections.length > 0) writeDocs(report);
  const isFine =
    report.failures.length === 0 && report.sections.every(({ targets }) => targets.every(isMet));
  return isFine ? EXIT.ok : EXIT.failure;
}

async function runParts(options: Options<Part>, args: readonly string[]): Promise<Report> {
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
      sections.push(
        await PARTS[part].run({ root: repositoryRoot, isQuick: options.isQuick, note }),
      );
    } catch (error) {
      if (wasInterrupted()) await new Promise(() => {});
      failures.push({ part, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const command = ["npm run bench --", NAME, ...args.filter((arg) => arg !== "--write")].join(" ");
  return {
    benchmark: NAME,
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
      replaceMarked(before, `bench:${NAME}:${section.part}`, renderMarkdown(report, section)),
    readFileSync(path, "utf8"),
  );
  writeFileSync(path, text);
  note(`wrote ${report.sections.map(({ part }) => part).join(", ")} to docs/benchmarks.md`);
}

process.exitCode = await main(process.argv.slice(2));
