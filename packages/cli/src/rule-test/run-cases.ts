import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALERT_LABEL } from "@sightline/core";
import pLimit from "p-limit";
import type { Model } from "../compile/model.ts";
import { evaluateRoute } from "../compile/routes/evaluate-route.ts";
import { buildRouteTree } from "../compile/routes/route-tree.ts";
import { Failure } from "../failure.ts";
import { lokiQuestions, questionKey, ticksOf, type Vectors } from "./ask.ts";
import type { OutputRun, TestCase } from "./case.ts";
import { type LokiEngine, LokiGone, LokiRefused, startLoki } from "./engines/loki.ts";
import { runPromtool } from "./engines/promtool.ts";
import { runGrafana } from "./grafana/run-grafana.ts";
import { CURRENT_GRAFANA, type GrafanaSemantics } from "./grafana/steps.ts";
import { judgeCase, type Mismatch, type TellsOf } from "./judge.ts";
import type { PreparedCase } from "./prepare.ts";
import { createLokiMessages } from "./stack/loki-message.ts";
import { createPromReader, type LokiAnswers, promJobOf } from "./stack/prom-job.ts";
import { readStackRuns } from "./stack/run-stack.ts";

export interface Binaries {
  readonly loki: string;
  readonly promtool: string;
}

export interface CaseResult {
  readonly test: TestCase;
  readonly runs: readonly OutputRun[];
  readonly mismatches: readonly Mismatch[];
  readonly isPassed: boolean;
}

/** How far a run is, for people who wait. */
export type Note = (text: string) => void;

/** Loki answers these many cases at once. */
const CONCURRENCY = 4;
/** Loki refuses a query with more points in a series. */
const MAX_TICKS = 10_000;

/**
 * Runs the cases on a Loki and a promtool of this run alone, in a folder of its own. Both are gone
 * when it returns or throws, also when `signal` aborts.
 */
export async function runCases(
  cases: readonly PreparedCase[],
  model: Model,
  binaries: Binaries,
  signal: AbortSignal,
  note: Note = () => {},
  semantics: GrafanaSemantics = CURRENT_GRAFANA,
): Promise<CaseResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-rule-test-"));
  const own = new AbortController();
  // Aborting kills the servers at once: the way out when nobody waits for the end of this function.
  const onExit = (): void => {
    own.abort();
    rmSync(folder, REMOVE);
  };
  process.once("exit", onExit);
  const either = AbortSignal.any([signal, own.signal]);
  let loki: LokiEngine | undefined;
  try {
    if (cases.some(needsLoki)) {
      note("starting Loki");
      loki = await startLoki(binaries.loki, folder, either);
    }
    return await runOn(loki, folder, cases, model, binaries, either, note, semantics);
  } catch (error) {
    if (!(error instanceof LokiGone) || signal.aborted) throw error;
    throw new Failure(`the Loki of the tests is gone: ${error.message}`, {
      advice: ["run it again; if it ends again, is there enough memory?"],
    });
  } finally {
    await loki?.stop();
    process.removeListener("exit", onExit);
    rmSync(folder, REMOVE);
  }
}

const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

function needsLoki(prepared: PreparedCase): boolean {
  return lokiQuestions(prepared).length > 0;
}

async function runOn(
  loki: LokiEngine | undefined,
  folder: string,
  cases: readonly PreparedCase[],
  model: Model,
  { promtool }: Binaries,
  signal: AbortSignal,
  note: Note,
  semantics: GrafanaSemantics,
): Promise<CaseResult[]> {
  const limit = pLimit(CONCURRENCY);
  let done = 0;
  const answers = await Promise.all(
    cases.map((prepared, index) =>
      limit(async () => {
        signal.throwIfAborted();
        const answer = await askLoki(loki, tenantOf(index), prepared);
        done += 1;
        note(`${done} of ${cases.length} asked of Loki`);
        return answer;
      }),
    ),
  );
  note("running promtool");
  const jobs = cases.map((prepared, index) => promJobOf(prepared, answers[index] ?? new Map()));
  const prometheus = await runPromtool(promtool, join(folder, "promtool"), jobs, signal);
  note("comparing");
  const tellsOf = createTells(model);
  return Promise.all(
    cases.map((prepared, index) =>
      limit(async (): Promise<CaseResult> => {
        signal.throwIfAborted();
        const { test } = prepared;
        const [job, answer, own] = [jobs[index], prometheus[index], answers[index]];
        if (!job || !answer || !own) throw new Error(`no answer for test "${test.name}"`);
        const render = createLokiMessages(loki, tenantOf(index), test);
        const stack = await readStackRuns(prepared, job, answer, own, render);
        const grafana = runGrafana(prepared, createPromReader(job, answer), own, semantics);
        const runs = [...stack, grafana];
        const hasFailed = runs.some(({ status }) => status === "failed");
        // What the other output made of it would only hide the fault.
        const mismatches = hasFailed ? [] : judgeCase(test, runs, tellsOf);
        const isPassed = !hasFailed && mismatches.length === 0;
        return { test, runs, mismatches, isPassed };
      }),
    ),
  );
}

const tenantOf = (index: number): string => `case-${index}`;

/** All that is known of Loki before promtool runs. A refused line or query is the case's own fault. */
async function askLoki(
  loki: LokiEngine | undefined,
  tenant: string,
  prepared: PreparedCase,
): Promise<LokiAnswers> {
  const answers = new Map<string, Vectors>();
  const questions = lokiQuestions(prepared);
  if (!loki || questions.length === 0) return answers;
  const { test, durationMillis } = prepared;
  const refused = await push(loki, tenant, test);
  for (const question of questions) {
    const { query, everyMillis, lagMillis } = question;
    const count = ticksOf(durationMillis, everyMillis).length;
    const message =
      refused ??
      (count > MAX_TICKS
        ? `${count} evaluations in one case; at most ${MAX_TICKS} are run`
        : undefined);
    const firstMillis = test.startMillis - lagMillis;
    answers.set(
      questionKey(question),
      message === undefined
        ? await loki.evaluate(tenant, query, { firstMillis, everyMillis, count })
        : { status: "failed", message },
    );
  }
  return answers;
}

async function push(loki: LokiEngine, tenant: string, test: TestCase): Promise<string | undefined> {
  try {
    await loki.push(tenant, test.startMillis, test.lines);
    return undefined;
  } catch (error) {
    if (error instanceof LokiRefused) return `it does not take the lines: ${error.message}`;
    throw error;
  }
}

function createTells(model: Model): TellsOf {
  const tree = buildRouteTree(model);
  return (labels, atMillis) =>
    evaluateRoute(
      tree,
      { [ALERT_LABEL.project]: model.project, ...labels },
      atMillis,
      model.muteTimings,
    ).flatMap(({ contact, quietBy }) =>
      contact === null || quietBy !== undefined ? [] : [contact],
    );
}
