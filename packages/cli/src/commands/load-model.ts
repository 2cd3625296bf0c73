import { readFileSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { EXIT } from "@sightline/core";
import { compileSpec } from "../compile/compile-spec.ts";
import type { Model } from "../compile/model.ts";
import type { Context } from "../context.ts";
import { readDashboards } from "../dashboard/read-dashboards.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import {
  type ReadSpecResult,
  readSpec,
  type SpecDocument,
  sortByPlace,
} from "../spec/read-spec.ts";
import type { Spec } from "../spec/schema/spec.ts";
import type { TargetSpec } from "../spec/schema/targets.ts";
import { selectTarget } from "../spec/select-target.ts";

import { toModelTarget, toModelUrls } from "./model-target.ts";

export const SPEC_FILE = "sightline.yaml";

export interface LoadOptions {
  /** Path of the specification; `sightline.yaml` of the current folder without it. */
  readonly file?: string | undefined;
  /** Name of the target; without it the only one, or the stack of this machine. */
  readonly target?: string | undefined;
}

export type LoadedModel =
  | {
      readonly status: "ok";
      readonly document: SpecDocument;
      readonly model: Model;
      readonly warnings: readonly Fault[];
    }
  | {
      readonly status: "invalid";
      readonly faults: readonly Fault[];
      readonly file: string;
      /** What could be made of it all the same, so that lint goes on to look for more. */
      readonly partial?: {
        readonly document: SpecDocument;
        readonly model: Model;
        /** Parts with a fault were left out: what uses a name, and what is used, cannot be told. */
        readonly isCut?: true;
      };
    };

/**
 * Reads the specification and says what it means for one target. A file that is not there and a
 * target that is not known are failures with code 64; faults in the file are the result.
 */
export async function loadModel(context: Context, options: LoadOptions): Promise<LoadedModel> {
  const file = options.file ?? SPEC_FILE;
  const read = readSpec(file, readSpecText(context, file), { target: options.target });
  if (read.status === "invalid") return judgeRest(context, file, read, options.target);
  const { document } = read;
  const { model, faults: found } = compile(context, document, options.target);
  const faults = sortByPlace([...read.warnings, ...found]);
  if (faults.some(({ severity }) => severity === "error")) {
    return { status: "invalid", faults, file, partial: { document, model } };
  }
  return { status: "ok", document, model, warnings: faults };
}

function compile(
  context: Context,
  document: SpecDocument,
  targetName: string | undefined,
): { readonly model: Model; readonly faults: readonly Fault[] } {
  const { spec, file } = document;
  const target = chooseTarget(spec, targetName);
  const dashboards = readDashboards(document, dirname(resolve(file)));
  const compiled = compileSpec({
    document,
    project: spec.project ?? projectOf(file),
    target: toModelTarget(target),
    urls: toModelUrls(context, spec, target),
    dashboards: dashboards.dashboards,
  });
  return { model: compiled.model, faults: [...dashboards.faults, ...compiled.faults] };
}

/** What can be said of the parts without a fault of their own, so that one run tells it all. */
function judgeRest(
  context: Context,
  file: string,
  read: Extract<ReadSpecResult, { status: "invalid" }>,
  targetName: string | undefined,
): LoadedModel {
  const { faults, sound } = read;
  const isChoosable =
    sound && selectTarget(sound.document.spec.targets, targetName).status === "ok";
  if (!isChoosable) return { status: "invalid", faults, file };
  const { document, leftOutNames } = sound;
  const rest = compile(context, document, targetName);
  // What is left out is missed by those that name it; that is no fault of theirs.
  const isOwn = ({ severity, message }: Fault) =>
    severity === "error" && !leftOutNames.some((name) => message.includes(JSON.stringify(name)));
  return {
    status: "invalid",
    faults: sortByPlace([...faults, ...rest.faults.filter(isOwn)]),
    file,
    partial: { document, model: rest.model, isCut: true },
  };
}

/**
 * Targets to work on: the given one, or without it (and for `all`) every one of the file. Undefined
 * is the stack of this machine, and the only one of a file with faults, which are told when it is loaded.
 */
export function readTargetNames(
  context: Context,
  file: string,
  given: string | undefined,
): readonly (string | undefined)[] {
  if (given !== undefined && given !== "all") return [given];
  const read = readSpec(file, readSpecText(context, file));
  const names = read.status === "ok" ? read.document.spec.targets.map(({ name }) => name) : [];
  return names.length === 0 ? [undefined] : names;
}

/** As text; what is no UTF-8 would else become question marks without a word. */
export function readSpecText(context: Context, file: string): string {
  const bytes = readIfThere(file);
  if (bytes === undefined) {
    throw new Failure(`there is no "${file}" in ${dirname(resolve(file))}`, {
      exitCode: EXIT.usage,
      advice: [
        `${context.self} init         writes one`,
        "--file <path>          says where it is",
      ],
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`"${file}" is no UTF-8 text`, {
      exitCode: EXIT.problems,
      advice: ["save it as UTF-8; editors call that the file's encoding"],
    });
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    refuseEndless(file);
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code !== "EISDIR") throw error;
    throw new Failure(`"${file}" is a folder; expected a file`, {
      exitCode: EXIT.usage,
      advice: [`name the file: --file ${relative(process.cwd(), resolve(file, SPEC_FILE))}`],
    });
  }
}

/** A pipe that nobody writes to and a device without an end hold the process where no signal ends it. */
function refuseEndless(file: string): void {
  const stats = statSync(file);
  const isEndless = stats.isFIFO() || stats.isSocket() || stats.isBlockDevice();
  if (!isEndless && !(stats.isCharacterDevice() && file !== "/dev/null")) return;
  throw new Failure(`"${file}" is a pipe or a device; expected a file`, {
    exitCode: EXIT.usage,
    advice: ["write it to a file first: it is read more than once"],
  });
}

function chooseTarget(spec: Spec, name: string | undefined): TargetSpec | undefined {
  const selected = selectTarget(spec.targets, name);
  if (selected.status === "ok") return selected.target;
  throw new Failure(selected.message, { exitCode: EXIT.usage, advice: [selected.advice] });
}

/** The folder's name, as far as it can mark what is ours. */
function projectOf(file: string): string {
  const name = basename(dirname(resolve(file)))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 31);
  return name || "project";
}
