import { posix } from "node:path";
import type { Source } from "../../compile/model.ts";
import { ALERTMANAGER_FILE, TEMPLATE_FOLDER } from "../../emit/stack/alertmanager-files.ts";
import { GLOBAL_ID } from "../../emit/stack/alertmanager-resources.ts";
import { GATEWAY_FILE, readGatewayFile } from "../../emit/stack/gateway-resources.ts";
import { PROBE_FILE } from "../../emit/stack/probe-targets.ts";
import { RULE_FILE } from "../../emit/stack/rule-files.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import type { Paths } from "../../stack/paths.ts";
import { alertmanagerSecrets, CONTAINER_SECRETS } from "../../stack/secret-place.ts";
import { readAlertmanager, readTemplate } from "./read-alertmanager.ts";
import { readProbes } from "./read-probes.ts";
import { createRuleIds, type RulesRead, readRules } from "./read-rules.ts";
import { withMarks } from "./secret-marks.ts";
import type { StackText } from "./stack-texts.ts";

export interface WrittenStack {
  /** Ours, and what stands in files of the user. Secrets are paths of files. */
  readonly resources: readonly Resource[];
  /** Files that cannot be understood; they count as not there, and are written anew. */
  readonly warnings: readonly string[];
}

/** The files of a stack as objects; secrets as files of the place that every mode knows. */
export function readWrittenStack(
  paths: Paths,
  texts: ReadonlyMap<string, StackText>,
  wanted: readonly Resource[],
): WrittenStack {
  const local = alertmanagerSecrets(paths);
  const warnings: string[] = [];
  const resources: Resource[] = [];
  for (const [path, { text }] of texts) {
    const read = readFileOf(path, text, wanted);
    if (read === undefined) continue;
    if (read.status === "ok")
      resources.push(...read.resources.map((each) => atCommonPlace(each, local)));
    else warnings.push(`${path} cannot be understood: ${read.reason}`);
  }
  return { resources, warnings };
}

/** Rendered files of the embedded stack name its own folder of secrets. */
function atCommonPlace(resource: Resource, local: string): Resource {
  return withMarks(resource, (name) => `${CONTAINER_SECRETS}/${name}`, local);
}

function readFileOf(
  path: string,
  text: string,
  wanted: readonly Resource[],
): RulesRead | undefined {
  if (path === ALERTMANAGER_FILE) return readAlertmanager(text, projectOf(wanted));
  if (path === PROBE_FILE) return readProbes(text, wanted);
  if (path === GATEWAY_FILE) return readGatewayFile(text);
  if (posix.dirname(path) === TEMPLATE_FOLDER && path.endsWith(".tmpl")) {
    return { status: "ok", resources: [readTemplate(path, text)] };
  }
  const source = sourceOf(path);
  if (source === undefined) return undefined;
  if (path === RULE_FILE[source]) return readRules(source, text, createRuleIds(wanted));
  const foreign = readRules(source, text, (found) => found);
  if (foreign.status === "invalid") return foreign;
  return {
    status: "ok",
    resources: foreign.resources.map((resource) => ({
      ...resource,
      id: `${path}: ${resource.id}`,
      owner: "foreign",
    })),
  };
}

function projectOf(wanted: readonly Resource[]): Json | undefined {
  return wanted.find(({ kind, id }) => kind === "setting" && id === GLOBAL_ID)?.body["project"];
}

function sourceOf(path: string): Source | undefined {
  return (Object.keys(RULE_FILE) as Source[]).find(
    (source) => posix.dirname(RULE_FILE[source]) === posix.dirname(path),
  );
}
