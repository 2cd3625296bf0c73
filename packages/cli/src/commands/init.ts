import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { applyPlan, isDue, isWritten } from "../init/apply.ts";
import type { StackChoice } from "../init/files/stack-file.ts";
import { createPlan, type InitPlan } from "../init/init-plan.ts";
import { nextSteps, renderNext } from "../init/next-steps.ts";
import { readProject } from "../init/read-project.ts";
import { renderFiles, renderFindings } from "../init/report.ts";
import { parseStamp, STAMP_PATH, type Stamp } from "../init/stamp.ts";
import { findTargetFaults, openFolder, readTarget } from "../init/targets.ts";

export interface InitOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** False: the whole stack, where an earlier run chose the agent alone. */
  readonly agentOnly?: boolean;
  readonly otlpUrl?: string;
  /** Compose files that are in use, where they are not those that Compose takes by itself. */
  readonly file?: readonly string[];
  readonly json?: boolean;
}

/**
 * `sightline init [folder]`: reads what a project is made of and writes what it needs to be watched.
 * Nothing of the user's is overwritten; a second run changes what is ours and untouched, alone.
 */
export async function initCommand(
  context: Context,
  folder: string | undefined,
  options: InitOptions,
): Promise<number> {
  const { io } = context;
  const isDryRun = options.dryRun === true;
  const given = parseChoice(options);
  const root = openFolder(resolve(folder ?? "."), !isDryRun);
  const stamp = readStamp(root);
  const project = readProject(root);
  const choice = given ??
    stamp?.choice ??
    (await askChoice(context, options, folder)) ?? { kind: "stack" };
  const namedFiles = options.file ?? stamp?.composeFiles ?? [];
  const plan = createPlan(context, { root, project, choice, namedFiles, stamp });
  if (!options.json) io.out(`${renderFindings(context, plan)}\n`);
  if (!isDryRun) {
    const isWanted = !isDue(plan) || (await confirm(context, options, plan, folder));
    if (!isWanted) throw new Failure("nothing was written");
    applyPlan(plan, context.paths, stamp, { version: readVersion(), namedFiles });
  }
  const next = nextSteps(context, plan, process.cwd());
  if (options.json) io.out(`${JSON.stringify(toDocument(plan, next), null, 2)}\n`);
  else io.out(`${renderFiles(context, plan, isDryRun)}\n${renderNext(context, next)}`);
  return EXIT.ok;
}

/** Undefined where the options leave it open. */
export function parseChoice({ agentOnly, otlpUrl }: InitOptions): StackChoice | undefined {
  if (otlpUrl !== undefined && agentOnly !== true) {
    throw usage("--otlp-url is for --agent-only; give both or neither");
  }
  if (agentOnly === undefined) return undefined;
  if (!agentOnly) return { kind: "stack" };
  if (otlpUrl === undefined) {
    throw usage(
      "--agent-only needs the collector's address: --otlp-url https://observe.example.org:4319",
    );
  }
  return { kind: "agent-only", otlpUrl: parseOtlpUrl(otlpUrl, "--otlp-url") };
}

/** It may carry a password by mistake, so it is not repeated. */
function parseOtlpUrl(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBase =
    url !== undefined &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    !(url.username || url.password || url.search || url.hash) &&
    !/\/v1\/(?:logs|metrics|traces)\/?$/.test(url.pathname) &&
    !/[$'"\s{}]/.test(text);
  if (isBase) return text.replace(/\/+$/, "");
  throw usage(
    `${source}: expected the collector's base address, such as https://observe.example.org:4319, without credentials, query and /v1/logs`,
  );
}

function usage(message: string, advice: readonly string[] = []): Failure {
  return new Failure(message, { exitCode: EXIT.usage, advice });
}

function readStamp(root: string): Stamp | undefined {
  const faults = findTargetFaults(root, [STAMP_PATH]);
  if (faults.length > 0) throw new Failure(faults.join("\n"), { advice: ["nothing was written"] });
  const text = readTarget(root, STAMP_PATH);
  return text === undefined ? undefined : parseStamp(text);
}

async function askChoice(
  context: Context,
  options: InitOptions,
  folder: string | undefined,
): Promise<StackChoice | undefined> {
  if (options.yes || options.dryRun) return undefined;
  const question =
    "Does the stack run on another machine already? Its collector's address, or Enter for the whole stack here: ";
  const answer = (await ask(context, folder, question)).trim();
  if (answer === "") return undefined;
  return { kind: "agent-only", otlpUrl: parseOtlpUrl(answer, "the address") };
}

async function confirm(
  context: Context,
  options: InitOptions,
  plan: InitPlan,
  folder: string | undefined,
): Promise<boolean> {
  if (options.yes) return true;
  const count = plan.files.filter(isWritten).length;
  const answer = await ask(context, folder, `Write ${count} files into ${plan.root}? [Y/n] `);
  return /^(?:y|yes|)$/i.test(answer.trim());
}

async function ask(
  { io, self }: Context,
  folder: string | undefined,
  question: string,
): Promise<string> {
  const answer = await io.ask(question);
  if (answer !== undefined) return answer;
  const call = folder === undefined ? `${self} init` : `${self} init ${folder}`;
  throw usage("init asks before it writes, and there is no terminal to answer on", [
    `${call} --yes       writes without asking`,
    `${call} --dry-run   shows what it would write`,
  ]);
}

function toDocument(plan: InitPlan, next: ReturnType<typeof nextSteps>): object {
  const { root, choice, composeFiles, conclusion, notes, files, secrets } = plan;
  return {
    folder: root,
    choice,
    composeFiles,
    services: conclusion.services.map(({ compose: _, ...service }) => service),
    split: conclusion.split,
    notes,
    files: files.map(({ path, action, why }) => ({ path, action, why })),
    secrets,
    next,
  };
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
