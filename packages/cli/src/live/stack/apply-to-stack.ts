import type { Context } from "../../context.ts";
import type { Artefact } from "../../emit/artefact.ts";
import { Failure } from "../../failure.ts";
import type { Change } from "../../plan/plan.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import type { AppliedChange, ApplyResult, ChangeOutcome } from "../../plan/target.ts";
import { withStackLock } from "../../stack/exclusive.ts";
import { CONTAINER_SECRETS } from "../../stack/secret-place.ts";
import type { StackMode } from "../../stack/spec.ts";
import {
  restore,
  restoreTimes,
  type Snapshot,
  type Touched,
  takeSnapshot,
  writeApplied,
} from "./applied-files.ts";
import { checkExpressions } from "./check-expressions.ts";
import { splitDefaults } from "./default-leftovers.ts";
import { readWrittenStack } from "./live-stack.ts";
import { loadServers } from "./load-servers.ts";
import { readLoadState } from "./load-state.ts";
import { filesToWrite, nextResources } from "./next-resources.ts";
import { explainUndone, outcomeOfRefused } from "./refusal-outcome.ts";
import { LOKI_LOADED } from "./reload.ts";
import { type AlertServer, findRunningStack, type RunningStack } from "./running-servers.ts";
import { makeSecretsFolder, removeUnusedSecrets, resolveSecrets } from "./secret-files.ts";
import { readServerMetric } from "./server-metrics.ts";
import { readStackTexts } from "./stack-texts.ts";
import type { WantedStack } from "./wanted-stack.ts";

type OnProgress = (applied: AppliedChange) => void;

/**
 * Writes the files of all servers and waits until each has loaded them. All or nothing: where one
 * refuses, every file is as it was before, and the servers have that again.
 */
export function applyToStack(
  context: Context,
  wanted: WantedStack,
  changes: readonly Change[],
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ApplyResult> {
  if (changes.length === 0) return Promise.resolve({ applied: [], writes: 0 });
  return withStackLock(context, "apply", () => apply(context, wanted, changes, onProgress, signal));
}

async function apply(
  context: Context,
  wanted: WantedStack,
  changes: readonly Change[],
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ApplyResult> {
  const { paths } = context;
  const running = await findRunningStack(context);
  const texts = readStackTexts(paths, running.mode);
  const written = readWrittenStack(paths, texts, wanted.resources);
  const { kept } = splitDefaults(written.resources, wanted.resources);
  const next = nextResources(kept, wanted.resources, changes);
  const secrets = resolveSecrets(paths, wanted.secrets, context.io.env);
  if (secrets.status === "missing") {
    throw new Failure(
      `nothing was applied, because secrets are missing:\n${indent(secrets.reasons)}`,
      {
        advice: ["set them where this command runs, then run it again"],
      },
    );
  }
  const report = (outcomeOf: (change: Change) => ChangeOutcome, writes: number): ApplyResult => {
    const applied = changes.map((change) => ({ change, outcome: outcomeOf(change) }));
    for (const each of applied) onProgress(each);
    return { applied, writes };
  };
  const wrong = await checkExpressions(running, changedOf(next, changes));
  if (wrong.size > 0) {
    return report((change) => {
      const reason = wrong.get(keyOf(change));
      if (reason !== undefined) return { status: "failed", reason };
      return { status: "skipped", reason: "nothing was written, because a rule was refused" };
    }, 0);
  }
  if (signal.aborted) {
    return report(
      () => ({ status: "skipped", reason: "interrupted before anything was written" }),
      0,
    );
  }
  const load = await readLoadState(running, texts, written.resources);
  makeSecretsFolder(paths, running.mode);
  const files = filesToWrite(next, written.resources, changes);
  const startedUnixMillis = Date.now();
  const snapshot = takeSnapshot(paths, texts, files, [...secrets.values.keys()]);
  const touched = writeOrRestore(context, running.mode, files, secrets.values, snapshot);
  const due = new Set([...touched.servers, ...load.behind]);
  const refusals = await loadServers(context, running, due);
  if (refusals.length === 0) {
    const text = JSON.stringify(next.map(({ body }) => body));
    removeUnusedSecrets(paths, (name) => text.includes(`${CONTAINER_SECRETS}/${name}`));
    return report(() => ({ status: "done" }), touched.writes);
  }
  restore(context, running.mode, snapshot);
  const holders = await whoHasNew(running, touched.servers, startedUnixMillis);
  const undone = explainUndone(await loadServers(context, running, new Set(holders)));
  if (undone === undefined) restoreTimes(context, running.mode, snapshot);
  return report((change) => outcomeOfRefused(change, next, refusals, undone), touched.writes);
}

/** A full disk in the middle must not leave half of it. */
function writeOrRestore(
  context: Context,
  mode: StackMode,
  files: readonly Artefact[],
  secrets: ReadonlyMap<string, string>,
  snapshot: Snapshot,
): Touched {
  try {
    return writeApplied(context, mode, files, secrets);
  } catch (error) {
    restore(context, mode, snapshot);
    throw error;
  }
}

function changedOf(next: readonly Resource[], changes: readonly Change[]): readonly Resource[] {
  const keys = new Set(changes.map(keyOf));
  return next.filter((resource) => keys.has(keyOf(resource)));
}

/** Loki has the new rules only if it has polled since; the others were asked to read them. */
async function whoHasNew(
  { servers }: RunningStack,
  touched: readonly AlertServer[],
  sinceUnixMillis: number,
): Promise<readonly AlertServer[]> {
  const loki = servers.get("loki");
  if (!touched.includes("loki") || loki === undefined) return touched;
  const loaded = await readServerMetric(loki.url, LOKI_LOADED);
  const hasOld = loaded === undefined || loaded * 1_000 < sinceUnixMillis;
  return hasOld ? touched.filter((name) => name !== "loki") : touched;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}
