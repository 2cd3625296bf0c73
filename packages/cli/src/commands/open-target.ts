import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import { createTarget } from "../live/create-target.ts";
import type { Plan } from "../plan/plan.ts";
import { type PlanOptions, planChanges } from "../plan/plan-changes.ts";
import type { LiveState, Target } from "../plan/target.ts";
import { cleanLine } from "../report/clean-text.ts";
import { loadModel, readTargetNames, SPEC_FILE } from "./load-model.ts";

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

/** The specification read, and the target or targets that it is for. */
export async function openTargets(context: Context, options: OpenOptions): Promise<OpenResult> {
  const file = options.file ?? SPEC_FILE;
  const names = options.target === "all" ? readTargetNames(context, file, "all") : [options.target];
  const targets: Target[] = [];
  for (const target of names) {
    const loaded = await loadModel(context, { file, target });
    if (loaded.status === "invalid") return invalid(context, loaded.faults, options);
    const made = await createTarget(context, loaded.model);
    const errors = made.faults.filter(({ severity }) => severity === "error");
    if (errors.length > 0) return invalid(context, made.faults, options);
    for (const fault of made.faults) context.io.err(describeFault(fault));
    targets.push(made);
  }
  return { status: "ok", file, targets };
}

function invalid(
  context: Context,
  faults: readonly Fault[],
  { json }: OpenOptions,
): Extract<OpenResult, { status: "invalid" }> {
  if (json) context.io.out(`${JSON.stringify({ faults })}\n`);
  else for (const fault of faults) context.io.err(describeFault(fault));
  return { status: "invalid", exitCode: EXIT.problems };
}

function describeFault({ severity, message, advice, place }: Fault): string {
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
  const what = `${where}${severity}: ${cleanLine(message)}\n`;
  return advice === undefined ? what : `${what}  ${cleanLine(advice)}\n`;
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
