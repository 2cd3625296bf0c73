import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Plan } from "../plan/plan.ts";
import { formatPlanFile } from "../plan/plan-file.ts";
import { renderPlanMarkdown } from "../plan/plan-markdown.ts";
import { renderPlan } from "../plan/plan-text.ts";
import { refusePrune } from "../plan/prune-guard.ts";
import { makePlan, openTargets } from "./open-target.ts";

export interface PlanCommandOptions {
  readonly file?: string;
  readonly target?: string;
  readonly prune?: boolean;
  readonly pruneAll?: boolean;
  readonly adopt?: boolean;
  /** File that `apply` takes. */
  readonly out?: string;
  readonly format?: string;
  readonly json?: boolean;
}

const FORMATS = ["text", "markdown", "json"];

/** `sightline plan`: what `apply` would do. Reads only. 0 nothing, 2 changes. */
export async function planCommand(context: Context, options: PlanCommandOptions): Promise<number> {
  const format = options.json ? "json" : (options.format ?? "text");
  if (!FORMATS.includes(format)) {
    throw new Failure(`--format: expected text, markdown or json, got "${format}"`, {
      exitCode: EXIT.usage,
    });
  }
  const opened = await openTargets(context, options);
  if (opened.status === "invalid") return opened.exitCode;
  if (options.out !== undefined && opened.targets.length > 1) {
    throw new Failure("--out keeps the plan of one target; name it with --target", {
      exitCode: EXIT.usage,
    });
  }
  const chosen = { prune: options.prune ?? false, adopt: options.adopt ?? false };
  const plans: Plan[] = [];
  for (const target of opened.targets) {
    const { plan } = await makePlan(target, chosen);
    plans.push(plan);
    if (format !== "json") print(context, plan, format, opened.file);
  }
  if (format === "json") {
    const [first] = plans;
    context.io.out(
      `${JSON.stringify(plans.length === 1 ? first : { plans }, undefined, context.io.isTty ? 2 : 0)}\n`,
    );
  }
  const [plan] = plans;
  if (options.out !== undefined && plan) {
    writeFileSync(options.out, formatPlanFile(plan, { file: options.file, ...chosen }), {
      mode: 0o600,
    });
  }
  const isPending = plans.some(({ changes, blocked }) => changes.length + blocked.length > 0);
  return isPending ? EXIT.changes : EXIT.ok;
}

function print(context: Context, plan: Plan, format: string, file: string): void {
  const { io, paint, self } = context;
  const folder = dirname(resolve(file));
  if (format === "markdown") io.out(renderPlanMarkdown(plan, { folder, self }));
  else io.out(renderPlan(plan, { paint, folder, self }));
  const refusal = refusePrune(plan);
  if (refusal !== undefined) io.err(`${refusal}: ${self} apply wants --prune-all for that\n`);
}
