import { dirname, resolve } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { renderApplied, renderApplySummary } from "../plan/apply-text.ts";
import type { Plan } from "../plan/plan.ts";
import { readPlanFile } from "../plan/plan-file.ts";
import { renderPlan } from "../plan/plan-text.ts";
import { refusePrune } from "../plan/prune-guard.ts";
import type { ApplyResult, LiveState, Target } from "../plan/target.ts";
import { makePlan, openTargets } from "./open-target.ts";

export interface ApplyCommandOptions {
  readonly file?: string;
  readonly target?: string;
  readonly token?: string;
  readonly prune?: boolean;
  readonly pruneAll?: boolean;
  readonly adopt?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface Settings {
  readonly file: string | undefined;
  readonly target: string | undefined;
  readonly token: string | undefined;
  readonly prune: boolean;
  readonly adopt: boolean;
}

/**
 * `sightline apply [plan.json]`: shows the plan, asks, carries it out, reads back whether it is so.
 * Without changes nothing is written at all: any write would reset the state of alerts.
 */
export async function applyCommand(
  context: Context,
  planFile: string | undefined,
  options: ApplyCommandOptions,
): Promise<number> {
  const settings = readSettings(planFile, options);
  const opened = await openTargets(context, { ...settings, json: options.json });
  if (opened.status === "invalid") return opened.exitCode;
  if (settings.token !== undefined && opened.targets.length > 1) {
    throw new Failure("--token is of the plan of one target; name it with --target", {
      exitCode: EXIT.usage,
    });
  }
  let worst: number = EXIT.ok;
  for (const target of opened.targets) {
    const exitCode = await applyTarget(context, target, settings, options, opened.file);
    if (exitCode === EXIT.interrupted) return exitCode;
    if (exitCode !== EXIT.ok && worst === EXIT.ok) worst = exitCode;
  }
  return worst;
}

function readSettings(planFile: string | undefined, options: ApplyCommandOptions): Settings {
  const own = {
    file: options.file,
    target: options.target,
    token: options.token,
    prune: (options.prune ?? false) || (options.pruneAll ?? false),
    adopt: options.adopt ?? false,
  };
  if (planFile === undefined) return own;
  const saved = readPlanFile(planFile);
  return {
    file: options.file ?? saved.file,
    target: options.target ?? saved.target,
    token: saved.token,
    prune: own.prune || saved.prune,
    adopt: own.adopt || saved.adopt,
  };
}

async function applyTarget(
  context: Context,
  target: Target,
  settings: Settings,
  options: ApplyCommandOptions,
  file: string,
): Promise<number> {
  const { io, paint, self } = context;
  const folder = dirname(resolve(file));
  let { plan, live } = await makePlan(target, settings);
  if (settings.token !== undefined) refuseStale(plan, settings.token, self);
  if (!options.json) io.out(renderPlan(plan, { paint, folder, self }));
  if (plan.blocked.length > 0) throw blockedFailure(plan);
  if (plan.changes.length === 0 || options.dryRun) {
    if (options.json) io.out(`${JSON.stringify({ plan, applied: [], writes: 0 })}\n`);
    return options.dryRun && plan.changes.length > 0 ? EXIT.changes : EXIT.ok;
  }
  refuseMassDeletion(plan, options);
  const isAgreed = options.yes || settings.token !== undefined;
  if (!isAgreed) {
    await askWhether(context, target);
    // People think for a while; what they agreed to must still be what happens.
    const fresh = await makePlan(target, settings);
    refuseStale(fresh.plan, plan.token, self);
    ({ plan, live } = fresh);
  }
  const done = await carryOut(context, target, plan, live, options);
  return await report(context, { target, settings, plan, live, options, ...done });
}

function refuseStale(plan: Plan, token: string, self: string): void {
  if (plan.token === token) return;
  throw new Failure(
    `the plan is stale: ${plan.target} or the specification changed since it was made (${token}, now ${plan.token})`,
    {
      exitCode: EXIT.stalePlan,
      advice: [`${self} plan   shows what would happen now; nothing was written`],
    },
  );
}

function blockedFailure({ blocked }: Plan): Failure {
  const count = blocked.length === 1 ? "1 object is" : `${blocked.length} objects are`;
  return new Failure(`${count} in the way; nothing was written`, {
    advice: [...new Set(blocked.map(({ advice }) => advice))],
  });
}

function refuseMassDeletion(plan: Plan, { pruneAll }: ApplyCommandOptions): void {
  const refusal = refusePrune(plan);
  if (refusal === undefined || pruneAll) return;
  throw new Failure(`${refusal}; nothing was written`, {
    advice: [
      "is this the right file, and the right target?",
      "--prune-all   deletes them all the same",
    ],
  });
}

async function askWhether({ io, self }: Context, target: Target): Promise<void> {
  const answer = await io.ask(`apply this to ${target.name}? [y/N] `);
  if (answer === undefined) {
    throw new Failure("nobody is here to agree to the plan; nothing was written", {
      exitCode: EXIT.usage,
      advice: [
        `${self} apply --yes              without asking, in CI`,
        `${self} apply --token <token>    only what a plan showed`,
      ],
    });
  }
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new Failure("not agreed; nothing was written", { exitCode: EXIT.failure });
  }
}

async function carryOut(
  { io, paint }: Context,
  target: Target,
  plan: Plan,
  live: LiveState,
  { json }: ApplyCommandOptions,
): Promise<{ readonly result: ApplyResult; readonly isInterrupted: boolean }> {
  const controller = new AbortController();
  const release = io.onInterrupt?.(() => {
    io.err("stopping: what is under way is finished first; again to end at once\n");
    controller.abort();
  });
  try {
    const result = await target.apply(
      plan.changes,
      live,
      (applied) => {
        if (!json) io.err(renderApplied(applied, paint));
      },
      controller.signal,
    );
    return { result, isInterrupted: controller.signal.aborted };
  } finally {
    release?.();
  }
}

interface Outcome {
  readonly target: Target;
  readonly settings: Settings;
  readonly plan: Plan;
  readonly live: LiveState;
  readonly result: ApplyResult;
  readonly isInterrupted: boolean;
  readonly options: ApplyCommandOptions;
}

async function report(context: Context, outcome: Outcome): Promise<number> {
  const { plan, result, isInterrupted, options } = outcome;
  const { io, paint, self } = context;
  const done = result.applied.filter(({ outcome: { status } }) => status === "done").length;
  const isWhole = done === plan.changes.length;
  // What is really there decides, not what was answered.
  const after = isWhole && !isInterrupted ? await settle(context, outcome) : undefined;
  const left = after?.status === "read" ? after.left : undefined;
  if (options.json) io.out(`${JSON.stringify({ plan, ...result, ...(left && { left }) })}\n`);
  else io.out(renderApplySummary({ plan, result, left, isInterrupted }, { paint, self }));
  if (isInterrupted) return EXIT.interrupted;
  if (!isWhole) return done > 0 ? EXIT.partlyApplied : EXIT.failure;
  if (after?.status === "unread") {
    io.err(`it was written, and could not be read back: ${after.failure.message}\n`);
    return after.failure.exitCode;
  }
  return left !== undefined && left.length > 0 ? EXIT.failure : EXIT.ok;
}

type After =
  | { readonly status: "read"; readonly left: Plan["changes"] }
  | { readonly status: "unread"; readonly failure: Failure };

const SETTLE_TRIES = 3;

/**
 * Routes are one object of all who write them, and it has no version: what another run wrote over ours
 * at the same time is written again. Nothing else is: a second write of a rule would reset its alert.
 */
async function settle(context: Context, outcome: Outcome): Promise<After> {
  const { target, settings, live, options } = outcome;
  for (let tries = 1; ; tries += 1) {
    const after = await readAfter(target, settings);
    const left = after.status === "read" ? after.left : [];
    const isOverwritten = left.length > 0 && left.every(({ kind }) => kind === "policy");
    if (!isOverwritten || tries >= SETTLE_TRIES) return after;
    await carryOut(context, target, { ...outcome.plan, changes: left }, live, options);
  }
}

async function readAfter(target: Target, settings: Settings): Promise<After> {
  try {
    const { plan } = await makePlan(target, settings);
    const left = [...plan.changes, ...plan.blocked.map(({ change }) => change)];
    return { status: "read", left };
  } catch (error) {
    // What was done must be told, whatever became of the server since.
    if (error instanceof Failure) return { status: "unread", failure: error };
    throw error;
  }
}
