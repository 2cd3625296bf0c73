import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT } from "@sightline/core";
import { runRouteTests } from "../compile/routes/run-route-tests.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import { renderGithub } from "../lint/report/github.ts";
import { renderFaults, summarizeFaults } from "../lint/report/text.ts";
import { createProgress } from "../report/progress.ts";
import type { TestCase } from "../rule-test/case.ts";
import { readTestFile } from "../rule-test/file/read-test-file.ts";
import { findTestFiles } from "../rule-test/find-files.ts";
import { firstTestFile } from "../rule-test/first-test-file.ts";
import { prepareCases } from "../rule-test/prepare.ts";
import { testFaults } from "../rule-test/report/faults.ts";
import { toJson } from "../rule-test/report/json.ts";
import { renderTestJunit } from "../rule-test/report/junit.ts";
import { isPassed, renderTestRun, type TestRun } from "../rule-test/report/text.ts";
import { type Binaries, type CaseResult, runCases } from "../rule-test/run-cases.ts";
import { TOOLS, type ToolName, toolBinary } from "../stack/tools.ts";
import { type LoadedModel, loadModel, readSpecText, SPEC_FILE } from "./load-model.ts";

export interface TestOptions {
  readonly file?: string;
  readonly target?: string;
  /** Only tests with this in their name. */
  readonly filter?: string;
  readonly format?: string;
  readonly json?: boolean;
  /** File for the report that CI servers read. */
  readonly junit?: string;
  /** Writes a first test file instead. */
  readonly init?: boolean;
}

export const TEST_FORMATS = ["text", "json", "github"] as const;

type Loaded = Extract<LoadedModel, { status: "ok" }>;

/** `sightline test`: what the alerts do with lines and samples of a test file, on the real servers. */
export async function testCommand(
  context: Context,
  files: readonly string[],
  options: TestOptions,
): Promise<number> {
  const format = options.json ? "json" : (options.format ?? "text");
  const specFile = options.file ?? SPEC_FILE;
  const loaded = await loadModel(context, { file: specFile, target: options.target });
  if (loaded.status === "invalid") {
    return printFaults(context, loaded.faults, readSpecText(context, specFile), format);
  }
  if (options.init) return writeFirst(context, loaded, specFile);
  const names = files.length > 0 ? files : findTestFiles(specFile);
  const read = readCases(context, names);
  const { cases: all, faults } = prepareCases(loaded.model, read.cases);
  const problems = [...read.faults, ...faults];
  if (problems.length > 0) return printFaults(context, problems, read.source, format);
  const filter = options.filter?.toLowerCase() ?? "";
  const isWanted = (name: string): boolean => name.toLowerCase().includes(filter);
  const cases = all.filter(({ test }) => isWanted(test.name));
  const startedMillis = performance.now();
  const routes = runRouteTests(loaded.model, loaded.document, Date.now()).filter(({ name }) =>
    isWanted(name),
  );
  if (cases.length + routes.length === 0) throw nothingToRun(context, names, options.filter);
  const results = await runInterruptibly(context, cases, loaded);
  if (results === "interrupted") return EXIT.interrupted;
  const run: TestRun = { cases: results, routes, millis: performance.now() - startedMillis };
  if (options.junit !== undefined) writeFileSync(options.junit, renderTestJunit(run));
  print(context, run, format);
  return isPassed(run) ? EXIT.ok : EXIT.problems;
}

interface ReadCases {
  readonly cases: readonly TestCase[];
  readonly faults: readonly Fault[];
  /** Of the only file: faults are shown with their lines. */
  readonly source: string;
}

function readCases(context: Context, files: readonly string[]): ReadCases {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    throw new Failure(`there is no ${missing.map((file) => `"${file}"`).join(", ")}`, {
      exitCode: EXIT.usage,
      advice: ["without a name: all *.sightline-test.yaml beside sightline.yaml"],
    });
  }
  const texts = files.map((file) => ({ file, text: readSpecText(context, file) }));
  const read = texts.map(({ file, text }) => readTestFile(file, text));
  return {
    cases: read.flatMap((one) => (one.status === "ok" ? one.cases : [])),
    faults: read.flatMap((one) => (one.status === "ok" ? [] : one.faults)),
    source: texts.length === 1 ? (texts[0]?.text ?? "") : "",
  };
}

function nothingToRun(
  { self }: Context,
  files: readonly string[],
  filter: string | undefined,
): Failure {
  if (filter !== undefined) {
    return new Failure(`no test has "${filter}" in its name`, { exitCode: EXIT.usage });
  }
  const where = files.length === 0 ? "there is no *.sightline-test.yaml" : "there is no test";
  return new Failure(`nothing to test: ${where}, and sightline.yaml has no route_tests`, {
    exitCode: EXIT.usage,
    advice: [`${self} test --init   writes a first one`],
  });
}

/** Ctrl-C ends the servers of the test and removes what they wrote, before the process ends. */
async function runInterruptibly(
  context: Context,
  cases: Parameters<typeof runCases>[0],
  { model }: Loaded,
): Promise<readonly CaseResult[] | "interrupted"> {
  if (cases.length === 0) return [];
  const binaries = findBinaries(context);
  const controller = new AbortController();
  const forget = context.io.onInterrupt?.(() => controller.abort());
  const title = cases.length === 1 ? "1 test" : `${cases.length} tests`;
  try {
    return await createProgress(context.io, context.paint).step(title, (note) =>
      runCases(cases, model, binaries, controller.signal, note),
    );
  } catch (error) {
    if (controller.signal.aborted) return "interrupted";
    throw error;
  } finally {
    forget?.();
  }
}

function findBinaries({ paths, self }: Context): Binaries {
  const find = (name: ToolName, binary?: string): string => {
    const tool = TOOLS.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    return toolBinary(paths, tool, binary);
  };
  const binaries = { loki: find("loki"), promtool: find("prometheus", "promtool") };
  const missing = Object.values(binaries).filter((path) => !existsSync(path));
  if (missing.length === 0) return binaries;
  throw new Failure(`tests run on the real servers, and ${missing.join(" and ")} is not there`, {
    advice: [`${self} up --mode embedded --only build   gets them, once`],
  });
}

function writeFirst({ io, paint, self }: Context, { model }: Loaded, specFile: string): number {
  const file = join(dirname(specFile), "alerts.sightline-test.yaml");
  try {
    writeFileSync(file, firstTestFile(model), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Failure(`"${file}" is there already, and is left as it is`, { exitCode: EXIT.usage });
  }
  io.out(`${paint("green", "✓")} wrote ${file}\n${paint("dim", `${self} test   runs it`)}\n`);
  return EXIT.ok;
}

function printFaults(
  { io, paint }: Context,
  faults: readonly Fault[],
  source: string,
  format: string,
): number {
  if (format === "json") io.out(`${JSON.stringify({ passed: false, faults })}\n`);
  else if (format === "github") io.out(renderGithub(faults));
  else io.err(`${renderFaults(faults, source, paint)}\n${summarizeFaults(faults)}\n`);
  return EXIT.problems;
}

function print({ io, paint }: Context, run: TestRun, format: string): void {
  if (format === "json") io.out(`${JSON.stringify(toJson(run))}\n`);
  else if (format === "github") io.out(renderGithub(testFaults(run)));
  if (format !== "json") io.out(renderTestRun(run, paint));
}
