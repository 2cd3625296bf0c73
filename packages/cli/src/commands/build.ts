import { join, relative, resolve } from "node:path";
import { EXIT } from "@sightline/core";
import { artefactsOf } from "../build/artefacts.ts";
import { BUILD_MANIFEST, type BuildPlan, parseManifest, planBuild } from "../build/plan-build.ts";
import { readIfThere, writeBuild } from "../build/write-build.ts";
import { explainSlo } from "../compile/slos/explain-slo.ts";
import type { Slo } from "../compile/slos/read-slo.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import { findRefused } from "../lint/lint-model.ts";
import { renderSlo } from "../report/slo-text.ts";
import { loadModel, readSpecText, readTargetNames, SPEC_FILE } from "./load-model.ts";
import { reportFaults } from "./report-faults.ts";

export const BUILD_FOLDER = ".sightline/build";

export interface BuildOptions {
  readonly file?: string;
  readonly target?: string;
  readonly out?: string;
  /** Write nothing; code 2 where the folder is not as it would be written. */
  readonly check?: boolean;
  /** Overwrite files that are not ours. */
  readonly force?: boolean;
  /** Also print when each alert of an SLO fires. */
  readonly explain?: boolean;
  readonly json?: boolean;
}

interface TargetBuild {
  readonly target: string;
  readonly folder: string;
  readonly plan: BuildPlan;
  readonly slos: readonly Slo[];
}

/** `sightline build`: the specification as files that the servers read. */
export async function buildCommand(context: Context, options: BuildOptions): Promise<number> {
  const file = options.file ?? SPEC_FILE;
  const out = resolve(options.out ?? BUILD_FOLDER);
  const names = readTargetNames(context, file, options.target);
  const builds: TargetBuild[] = [];
  for (const name of names) {
    const folder = names.length > 1 && name !== undefined ? join(out, toFolderName(name)) : out;
    const prepared = await prepare(context, file, name, folder);
    if ("faults" in prepared) return explainFaults(context, file, prepared.faults, options);
    builds.push(prepared);
  }
  const hasChanges = builds.some(({ plan }) => plan.changes.length > 0);
  if (options.check) {
    print(context, builds, options);
    return hasChanges ? EXIT.changes : EXIT.ok;
  }
  if (!options.force) refuseForeign(builds);
  for (const { folder, plan } of builds) writeBuild(folder, plan);
  print(context, builds, options);
  return EXIT.ok;
}

async function prepare(
  context: Context,
  file: string,
  target: string | undefined,
  folder: string,
): Promise<TargetBuild | { readonly faults: readonly Fault[] }> {
  const loaded = await loadModel(context, { file, target });
  if (loaded.status === "invalid") return { faults: loaded.faults };
  const { document, model } = loaded;
  // A rule file with one query that does not parse is refused as a whole.
  const faults = findRefused({
    document,
    model,
    source: readSpecText(context, file),
    env: context.io.env,
  });
  if (faults.length > 0) return { faults };
  const read = (path: string): string | undefined => readIfThere(join(folder, path));
  const plan = planBuild(
    artefactsOf(document, model, folder),
    parseManifest(read(BUILD_MANIFEST)),
    read,
  );
  return { target: model.target.name, folder, plan, slos: model.slos ?? [] };
}

function explainFaults(
  context: Context,
  file: string,
  faults: readonly Fault[],
  { json }: BuildOptions,
): number {
  reportFaults(context, faults, { file, source: readIfThere(file) ?? "", json });
  if (!json) context.io.err("nothing was written\n");
  return EXIT.problems;
}

function refuseForeign(builds: readonly TargetBuild[]): void {
  const foreign = builds.flatMap(({ folder, plan }) =>
    plan.foreign.map((path) => relative(process.cwd(), join(folder, path))),
  );
  if (foreign.length === 0) return;
  const what = foreign.length === 1 ? "a file" : `${foreign.length} files`;
  throw new Failure(`${what} would be overwritten that sightline build did not write`, {
    advice: [
      ...foreign.slice(0, 10),
      foreign.length > 10 ? `… and ${foreign.length - 10} more` : "",
      "--out <folder>   writes somewhere else",
      "--force          overwrites them",
    ],
  });
}

function toFolderName(target: string): string {
  return target.replaceAll(/[^\w.-]+/g, "-").replace(/^\.+/, "") || "target";
}

const SIGN = { create: "+", update: "~", remove: "-" } as const;
const STYLE = { create: "green", update: "yellow", remove: "red" } as const;

function print(
  { io, paint, self }: Context,
  builds: readonly TargetBuild[],
  { check = false, json = false, explain = false }: BuildOptions,
): void {
  if (json) {
    const targets = builds.map(({ target, folder, plan, slos }) => ({
      target,
      folder,
      changes: plan.changes.map(({ kind, path }) => ({ kind, path })),
      unchanged: plan.unchanged,
      kept: plan.kept,
      ...(explain && { slos: slos.map((slo) => ({ name: slo.name, alerts: explainSlo(slo) })) }),
    }));
    io.out(`${JSON.stringify({ written: !check, targets })}\n`);
    return;
  }
  for (const { target, folder, plan, slos } of builds) {
    if (explain) for (const slo of slos) io.out(`${renderSlo(slo)}\n`);
    const shown = relative(process.cwd(), folder) || ".";
    for (const { kind, path } of plan.changes) {
      io.out(`${paint(STYLE[kind], SIGN[kind])} ${shown}/${path}\n`);
    }
    for (const path of plan.kept) {
      io.err(`${shown}/${path} is no longer made, and was changed by hand; it stays\n`);
    }
    const count = plan.changes.length;
    const changed =
      count === 0 ? "nothing to change" : `${count} ${check ? "to write" : "written"}`;
    io.out(`${target}: ${changed}, ${plan.unchanged} as they were\n`);
  }
  if (check && builds.some(({ plan }) => plan.changes.length > 0)) {
    io.err(`the files are not those of the specification; ${self} build writes them\n`);
  }
}
