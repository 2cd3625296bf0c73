import { dirname, resolve } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { driftOf, renderDrift } from "../plan/drift-text.ts";
import { makePlan, openTargets } from "./open-target.ts";

export interface DriftOptions {
  readonly file?: string;
  readonly target?: string;
  readonly json?: boolean;
}

/** `sightline drift`: what on the server is not as the specification says. 0 nothing, 2 drift. */
export async function driftCommand(context: Context, options: DriftOptions): Promise<number> {
  const opened = await openTargets(context, options);
  if (opened.status === "invalid") return opened.exitCode;
  const { io, paint, self } = context;
  let isDrifted = false;
  for (const target of opened.targets) {
    const { plan } = await makePlan(target, { prune: false, adopt: false });
    const drift = driftOf(plan);
    if (drift.length > 0) isDrifted = true;
    if (options.json) {
      const { version, unchanged, notObserved } = plan;
      const found = { target: target.name, version, drift, unchanged, notObserved };
      io.out(`${JSON.stringify(found)}\n`);
    } else {
      io.out(renderDrift(plan, { paint, self, folder: dirname(resolve(opened.file)) }));
    }
  }
  return isDrifted ? EXIT.changes : EXIT.ok;
}
