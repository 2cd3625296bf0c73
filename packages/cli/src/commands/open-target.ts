import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import { checkQueries } from "../lint/check-queries.ts";
import { createTarget } from "../live/create-target.ts";
import type { Plan } from "../plan/plan.ts";
import { type PlanOptions, planChanges } from "../plan/plan-changes.ts";
import type { LiveState, Target } from "../plan/target.ts";
import { loadModel, readSpecText, readTargetNames, SPEC_FILE } from "./load-model.ts";
import { reportFaults } from "./report-faults.ts";

export interface OpenOptions {
  readonly file?: string | undefined;
  /** `all`: every target of the file. */
  readonly target?: string | undefined;
  readonly json?: boolean | undefined;
}

export type OpenResult =
  | { readonly status: "ok"; readonly file: string; readonly targets: readonly Target[] }
  /** What is wrong was printed. */
  | { readonly status: "invalid"; readonly exitCode: number };

/** The specification read and checked, and the target or targets that it is for. */
export async function openTargets(context: Context, options: OpenOptions): Promise<OpenResult> {
  const file = options.file ?? SPEC_FILE;
  const source = readSpecText(context, file);
  const names = options.target === "all" ? readTargetNames(context, file, "all") : [options.target];
  const targets: Target[] = [];
  for (const name of names) {
    const opened = await openTarget(context, file, source, name);
    if (opened.status === "invalid") {
      reportFaults(context, opened.faults, { file, source, json: options.json });
      return { status: "invalid", exitCode: EXIT.problems };
    }
    targets.push(opened.target);
  }
  return { status: "ok", file, targets };
}

async function openTarget(
  context: Context,
  file: string,
  source: string,
  name: string | undefined,
): Promise<
  | { readonly status: "ok"; readonly target: Target }
  | { readonly status: "invalid"; readonly faults: readonly Fault[] }
> {
  const loaded = await loadModel(context, { file, target: name });
  if (loaded.status === "invalid") return { status: "invalid", faults: loaded.faults };
  const { document, model } = loaded;
  const target = await createTarget(context, model);
  const faults = [
    // A query that does not parse would be stored, and its rule never be evaluated. The rest is lint's.
    ...checkQueries(document, model, source),
    ...target.faults,
  ].filter(({ severity }) => severity === "error");
  return faults.length > 0 ? { status: "invalid", faults } : { status: "ok", target };
}

/** Reads what is there and compares. */
export async function makePlan(
  target: Target,
  options: PlanOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly plan: Plan; readonly live: LiveState }> {
  const read = await target.readLive(signal);
  if (read.status === "failed") {
    const { message, exitCode, advice } = read;
    throw new Failure(message, { exitCode, advice });
  }
  return { plan: planChanges(target, read.live, options), live: read.live };
}
