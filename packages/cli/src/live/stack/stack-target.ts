import { ENV, EXIT } from "@sightline/core";
import type { Model } from "../../compile/model.ts";
import { type Context, createContext } from "../../context.ts";
import { alertmanagerSecretFiles } from "../../emit/stack/alertmanager-resources.ts";
import { gatewayFiles, gatewayResource } from "../../emit/stack/gateway-resources.ts";
import { ruleFaults } from "../../emit/stack/rule-resources.ts";
import { stackFiles } from "../../emit/stack/stack-files.ts";
import { stackResources } from "../../emit/stack/stack-resources.ts";
import { Failure } from "../../failure.ts";
import type { Resource } from "../../plan/resource.ts";
import type { LiveState, ReadLiveResult, Target } from "../../plan/target.ts";
import { withStackPorts } from "../../stack/stack-ports.ts";
import { applyToStack } from "./apply-to-stack.ts";
import { canonicalResource } from "./canonical-resource.ts";
import { leftoverResource, splitDefaults } from "./default-leftovers.ts";
import { keptFiles } from "./kept-files.ts";
import { readWrittenStack } from "./live-stack.ts";
import { type LoadState, readLoadState } from "./load-state.ts";
import { findRunningStack, type RunningStack } from "./running-servers.ts";
import { secretState } from "./secret-files.ts";
import { liveMark, wantedMark, withMarks } from "./secret-marks.ts";
import { readStackTexts } from "./stack-texts.ts";
import { overlayResource, type WantedStack } from "./wanted-stack.ts";

const KINDS = [
  "template",
  "mute-timing",
  "contact-point",
  "policy",
  "rule",
  "record",
  "probe",
  "setting",
] as const;

/** The stack of this machine, embedded or in Docker, as something to plan for and apply to. */
export function createStackTarget(context: Context, model: Model): Target {
  const own = contextOf(context, model);
  const secrets = alertmanagerSecretFiles(model);
  const resources = [...stackResources(model), gatewayResource(model.gateway)];
  const files = [...stackFiles(resources), ...gatewayFiles(resources)].map(({ path }) => path);
  const wanted: WantedStack = {
    resources: [...resources, leftoverResource([]), overlayResource(files, [])],
    files,
    secrets,
  };
  return {
    name: model.target.name,
    kinds: KINDS,
    wanted: wanted.resources.map((resource) => withMarks(resource, wantedMark(secrets))),
    faults: ruleFaults(model),
    canonical: canonicalResource,
    readLive: () => readLive(own, wanted),
    apply: (changes, _live, onProgress, signal) =>
      applyToStack(own, wanted, changes, onProgress, signal),
  };
}

/** Of another stack of this machine, where the target names its data directory. */
export function contextOf(context: Context, { target }: Model): Context {
  const data = target.kind === "stack" ? target.data : undefined;
  if (data === undefined) return withStackPorts(context);
  const env = { ...context.io.env, [ENV.data]: data };
  return withStackPorts(createContext({ ...context.io, env }));
}

async function readLive(context: Context, wanted: WantedStack): Promise<ReadLiveResult> {
  try {
    const running = await findRunningStack(context);
    return { status: "ok", live: await readLiveState(context, wanted, running) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, advice } = error;
    return { status: "failed", exitCode: EXIT.noAnswer, message, advice };
  }
}

async function readLiveState(
  context: Context,
  wanted: WantedStack,
  running: RunningStack,
): Promise<LiveState> {
  const { paths, io } = context;
  const texts = readStackTexts(paths, running.mode);
  const written = readWrittenStack(paths, texts, wanted.resources);
  const load = await readLoadState(running, texts, written.resources);
  const mark = liveMark(wanted.secrets, (secret) => secretState(paths, secret, io.env));
  const { kept: shown, leftovers } = splitDefaults(written.resources, wanted.resources);
  const resources = shown.map((resource) =>
    withLoadState(withMarks(resource, mark), resource, load),
  );
  const kept = keptFiles(context, running.mode).filter((path) => wanted.files.includes(path));
  const overlay = overlayResource(kept, load.behind);
  return {
    resources: [...resources, leftoverResource(leftovers), overlay],
    notObserved: [],
    version: describe(running),
    requests: load.requests,
    warnings: [...written.warnings, ...load.warnings],
  };
}

function withLoadState(shown: Resource, read: Resource, { unloaded }: LoadState): Resource {
  if (!unloaded.has(read)) return shown;
  return { ...shown, body: { ...shown.body, loaded: false } };
}

function describe({ mode, servers }: RunningStack): string {
  if (servers.size === 0) return `${mode} stack, not running`;
  return `${mode} stack`;
}
