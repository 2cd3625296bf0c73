import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeGoBreaks } from "../../emit/go-yaml.ts";
import type { Labels, Sample, TestSeries } from "../case.ts";
import { parseFailure, readJunit } from "./promtool-answer.ts";
import { toBaseStep } from "./sample-steps.ts";

/** A rule of Prometheus' rule files. */
export interface PromRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Labels;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What promtool is to evaluate for one case. */
export interface PromJob {
  /** Records first: what stands later reads what stands before. */
  readonly rules: readonly PromRule[];
  readonly startMillis: number;
  readonly everyMillis: number;
  readonly series: readonly TestSeries[];
  readonly queries: readonly { readonly query: string; readonly atMillis: readonly number[] }[];
  /** Alerts whose labels and annotations are wanted at these times, where they fire. */
  readonly alerts: readonly { readonly name: string; readonly atMillis: readonly number[] }[];
}

export interface FiringAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

export type PromAnswer =
  | {
      readonly status: "ok";
      /** By query, by time; what is not there is an empty answer. */
      readonly samples: readonly ReadonlyMap<number, readonly Sample[]>[];
      /** By query: what it failed with. */
      readonly queryErrors: readonly (string | undefined)[];
      readonly firing: readonly ReadonlyMap<number, readonly FiringAlert[]>[];
    }
  | { readonly status: "failed"; readonly message: string };

/**
 * Evaluates rules and queries with promtool's unit tests, which are Prometheus' own engine, rules and
 * templates on a store of its own for each case. Every test expects nothing; what fails is the
 * answer. One run for all jobs.
 */
export async function runPromtool(
  promtool: string,
  folder: string,
  jobs: readonly PromJob[],
  signal: AbortSignal,
): Promise<PromAnswer[]> {
  if (jobs.length === 0) return [];
  mkdirSync(folder, { recursive: true });
  const report = join(folder, "junit.xml");
  const files = jobs.map((job, index) => writeJob(folder, job, index));
  const ended = await runToEnd(promtool, ["test", "rules", `--junit=${report}`, ...files], signal);
  const xml = readIfThere(report);
  rmSync(folder, { recursive: true, force: true });
  if (xml === undefined) {
    throw new Error(`promtool ended with ${ended.code} and no report: ${ended.stderr}`);
  }
  const failures = readJunit(xml);
  return jobs.map((job, index) => readAnswer(job, failures.get(caseName(index)) ?? undefined));
}

const caseName = (index: number): string => `case-${index}`;

function writeJob(folder: string, job: PromJob, index: number): string {
  const rules = join(folder, `rules-${index}.yaml`);
  const groups = [{ name: "rules", rules: job.rules }];
  writeFileSync(rules, escapeGoBreaks(JSON.stringify({ groups })));
  const { everyMillis, series } = toBaseStep(job.series);
  const test = {
    name: caseName(index),
    interval: duration(everyMillis),
    start_timestamp: new Date(job.startMillis).toISOString(),
    input_series: series,
    alert_rule_test: job.alerts.flatMap(({ name, atMillis }) =>
      atMillis.map((at) => ({ eval_time: duration(at), alertname: name, exp_alerts: [] })),
    ),
    promql_expr_test: job.queries.flatMap(({ query, atMillis }, number) =>
      atMillis.map((at) => ({
        // The comment comes back with the failure, and says whose it is.
        expr: `${query}\n#${number}@${at}`,
        eval_time: duration(at),
        exp_samples: [],
      })),
    ),
  };
  const file = join(folder, `test-${index}.yaml`);
  writeFileSync(
    file,
    JSON.stringify({
      rule_files: job.rules.length > 0 ? [rules] : [],
      evaluation_interval: duration(job.everyMillis),
      tests: [test],
    }),
  );
  return file;
}

function duration(millis: number): string {
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`;
}

function readAnswer(job: PromJob, texts: readonly string[] | undefined): PromAnswer {
  if (texts === undefined) {
    return { status: "failed", message: "promtool did not run it" };
  }
  const samples = job.queries.map(() => new Map<number, readonly Sample[]>());
  const queryErrors = job.queries.map((): string | undefined => undefined);
  const firing = job.alerts.map(() => new Map<number, readonly FiringAlert[]>());
  for (const text of texts) {
    const failure = parseFailure(text);
    if (failure.kind === "samples") {
      samples[failure.query]?.set(failure.atMillis, failure.samples);
    } else if (failure.kind === "query-error") {
      queryErrors[failure.query] ??= failure.message;
    } else if (failure.kind === "alerts") {
      job.alerts.forEach(({ name, atMillis }, index) => {
        if (name === failure.name && atMillis.includes(failure.atMillis)) {
          firing[index]?.set(failure.atMillis, failure.alerts);
        }
      });
    } else {
      return { status: "failed", message: failure.message };
    }
  }
  return { status: "ok", samples, queryErrors, firing };
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

function runToEnd(program: string, args: readonly string[], signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Its own output repeats the report; only the end is kept, for when there is none.
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], signal });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr = (stderr + String(chunk)).slice(-2_000);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stderr: stderr.trim() }));
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
