import { existsSync } from "node:fs";
import { basename } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { grafanaSecretsOf } from "../docker/secrets.ts";
import { Failure } from "../failure.ts";
import { chooseComposeFiles } from "./choose-compose.ts";
import { type Conclusion, conclude } from "./conclude.ts";
import { decide, type PlannedFile } from "./decide.ts";
import { readStackNames, type StackChoice } from "./files/stack-file.ts";
import type { ComposeFile, ComposeService, Project } from "./project.ts";
import { readAssets, readStackTemplate } from "./read-assets.ts";
import { readEnvNames } from "./read-project.ts";
import type { Stamp } from "./stamp.ts";
import { findTargetFaults, readTarget } from "./targets.ts";
import {
  NEW_FOLDER,
  planWantedFiles,
  STACK_FILE,
  type Wanted,
  type WantedFile,
} from "./wanted-files.ts";

/** What `init` found, concluded and is going to do. */
export interface InitPlan {
  readonly root: string;
  readonly choice: StackChoice;
  /** The user's own, as Compose is to get them. */
  readonly composeFiles: readonly string[];
  readonly conclusion: Conclusion;
  readonly notes: readonly string[];
  readonly files: readonly PlannedFile[];
  readonly hashes: Readonly<Record<string, string>>;
  /** Where Grafana's secrets are or will be; undefined where nobody needs them. */
  readonly secrets?: { readonly folder: string; readonly isThere: boolean };
}

export interface PlanInput {
  readonly root: string;
  readonly project: Project;
  readonly choice: StackChoice;
  readonly namedFiles: readonly string[];
  readonly stamp: Stamp | undefined;
}

/** Reads what is there and decides; writes nothing. Fails with everything that stands in the way. */
export function createPlan(context: Context, input: PlanInput): InitPlan {
  const { root, project, choice, namedFiles, stamp } = input;
  const chosen = chooseComposeFiles(project.compose, namedFiles);
  if (chosen.status === "missing") throw noSuchComposeFile(chosen.path, project.compose);
  const conclusion = conclude(project, chosen.files, basename(root) || "app");
  const secrets = grafanaSecretsOf(context.paths);
  const wanted = planWantedFiles({
    conclusion,
    composeFiles: chosen.files.map(({ path }) => path),
    choice,
    stackTemplate: readStackTemplate(context.paths.assets),
    assets: readAssets(context.paths.assets),
    machine: {
      host: context.host,
      secretsFolder: secrets.directory,
      grafanaUid: secrets.uid,
    },
    envNames: (service) => readAllEnvNames(root, service),
  });
  refuseTargets(root, wanted.files);
  refuseNames(chosen.files, wanted);
  const decision = decide(wanted.files, (path) => readTarget(root, path), stamp);
  if (decision.status === "faults") {
    const lines = decision.faults.map(
      ({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`,
    );
    throw new Failure(lines.join("\n"), { advice: ["nothing was written"] });
  }
  return {
    root,
    choice,
    composeFiles: chosen.files.map(({ path }) => path),
    conclusion,
    notes: [...chosen.notes, ...conclusion.notes, ...wanted.notes],
    files: decision.files,
    hashes: decision.hashes,
    ...(choice.kind === "stack" && {
      secrets: { folder: secrets.directory, isThere: existsSync(secrets.passwordFile) },
    }),
  };
}

function noSuchComposeFile(path: string, all: readonly ComposeFile[]): Failure {
  const there = all.map((file) => file.path).join(", ") || "none";
  return new Failure(`--file: there is no Compose file "${path}" in this folder`, {
    exitCode: EXIT.usage,
    advice: [`there: ${there}`],
  });
}

function readAllEnvNames(
  root: string,
  { envFiles }: ComposeService,
): readonly string[] | undefined {
  const all = envFiles.map((path) => readEnvNames(root, path));
  return all.some((names) => names === undefined) ? undefined : all.flatMap((names) => names ?? []);
}

function refuseTargets(root: string, files: readonly WantedFile[]): void {
  const paths = files.flatMap(({ path }) => [path, `${NEW_FOLDER}/${path}`]);
  const faults = findTargetFaults(root, paths);
  if (faults.length === 0) return;
  throw new Failure(faults.join("\n"), {
    advice: ["nothing was written; then run the same command again"],
  });
}

/** Compose refuses two of one name, in words that do not say where they come from. */
function refuseNames(files: readonly ComposeFile[], { files: wanted }: Wanted): void {
  const stackFile = wanted.find(({ path }) => path === STACK_FILE);
  const ours = readStackNames(stackFile?.content ?? "");
  const faults = files.flatMap((file) => {
    const services = file.services.map(({ name }) => name);
    return (
      [
        ["service", services, ours.services],
        ["volume", file.volumes, ours.volumes],
        ["network", file.networks, ours.networks],
        ["secret", file.secrets, ours.secrets],
      ] as const
    ).flatMap(([what, theirs, taken]) =>
      theirs
        .filter((name) => taken.includes(name))
        .map(
          (name) => `${file.path} has a ${what} "${name}", and the stack brings one of that name`,
        ),
    );
  });
  if (faults.length === 0) return;
  throw new Failure(faults.join("\n"), {
    advice: ["nothing was written; give yours another name, then run the same command again"],
  });
}
